import TopoFoundation
import TopoNetworks
import TopoSheets
import TopoStatistics

/// The trend of a measure over the lambdas of a penalty, with seeds as blocks.
public struct LambdaTrend: Sendable, Hashable {
  /// The networks.
  public var setting: NetworkValues.Setting
  /// The measure.
  public var measure: ComparedMeasure
  /// The label of the conditions, without lambda: `ws-euclidean`.
  public var family: String
  /// The lambdas, ascending.
  public var lambdas: [Double]
  /// Page's test of the seeds that have a value at each lambda.
  public var test: TrendTest

  /// The trends of all measures and of all penalties with three lambdas or more, of which two seeds
  /// or more have all values. Control has no lambda and does not count.
  public static func all(_ values: NetworkValues) -> [LambdaTrend] {
    let families = families(of: values.conditions)
    return values.settings.flatMap { setting in
      values.measures.flatMap { measure in
        families.compactMap { family, networks -> LambdaTrend? in
          let sorted = networks.filter { !values[setting, measure, $0.condition].isEmpty }
            .sorted { $0.lambda < $1.lambda }
          guard sorted.count > 2 else { return nil }
          let bySeed = sorted.map { values[setting, measure, $0.condition] }
          let blocks = bySeed[0].keys.sorted().compactMap { seed -> [Double]? in
            let networks = bySeed.compactMap { $0[seed] }
            return networks.count == sorted.count ? NetworkValues.means(of: networks) : nil
          }
          guard blocks.count > 1, let test = TrendTest(blocks) else { return nil }
          return LambdaTrend(
            setting: setting, measure: measure, family: family, lambdas: sorted.map(\.lambda),
            test: test)
        }
      }
    }
  }

  /// Conditions that differ in nothing but lambda.
  private static func families(
    of conditions: [NetworkIdentity]
  ) -> [(String, [NetworkIdentity])] {
    var order: [String] = []
    var members: [String: [NetworkIdentity]] = [:]
    for network in conditions where network.metric != NetworkIdentity.none {
      guard var penalty = Penalty(label: network.condition) else { continue }
      // The label without its third part, lambda, which has no hyphen if it is 1.
      penalty.lambda = 1
      var parts = penalty.label.split(separator: "-")
      parts.remove(at: 2)
      let name = parts.joined(separator: "-")
      if members[name] == nil { order.append(name) }
      members[name, default: []].append(network)
    }
    return order.map { ($0, members[$0] ?? []) }
  }
}
