import TopoNetworks
import TopoSheets

/// Conditions that differ in nothing but lambda, such as all of `ws-euclidean`.
struct ConditionFamily: Sendable, Hashable {
  /// The label without lambda.
  var name: String
  /// `ws`, `as` or `unknown`.
  var penalty: String
  /// Whether AS compares images instead of units, as the published form that is not transposed does.
  var isUntransposed: Bool
  /// Ascending lambdas with the labels of their conditions.
  var members: [Member]

  struct Member: Sendable, Hashable {
    var lambda: Double
    var condition: String
  }

  /// The families of some networks, in order of appearance; control belongs to none.
  static func all(_ networks: [NetworkIdentity]) -> [ConditionFamily] {
    var families: [ConditionFamily] = []
    for network in networks where network.penalty != "control" {
      let name = name(of: network)
      let index = families.firstIndex { $0.name == name } ?? families.count
      if index == families.count {
        families.append(
          ConditionFamily(
            name: name, penalty: network.penalty,
            isUntransposed: network.layout == Penalty.Layout.legacyUntransposed.rawValue,
            members: []))
      }
      families[index].members.append(
        Member(lambda: network.lambda, condition: network.condition))
    }
    for index in families.indices { families[index].members.sort { $0.lambda < $1.lambda } }
    return families
  }

  private static func name(of network: NetworkIdentity) -> String {
    guard var penalty = Penalty(label: network.condition) else { return network.condition }
    // Lambda is the third part of a label, and has no hyphen if it is 1.
    penalty.lambda = 1
    var parts = penalty.label.split(separator: "-")
    guard parts.count > 2 else { return network.condition }
    parts.remove(at: 2)
    return parts.joined(separator: "-")
  }
}
