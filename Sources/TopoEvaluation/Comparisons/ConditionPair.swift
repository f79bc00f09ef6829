import TopoFoundation
import TopoNetworks

/// Two conditions to compare.
public struct ConditionPair: Sendable, Hashable {
  /// The condition.
  public var condition: String
  /// The condition that it is compared with.
  public var reference: String
  /// What the reference is called in results.
  public var title: String

  /// A pair; the reference is called by its label unless a title is given.
  public init(_ condition: String, reference: String, title: String? = nil) {
    (self.condition, self.reference) = (condition, reference)
    self.title = title ?? reference
  }

  /// The parts of a condition in which two conditions can differ.
  public enum Part: String, Sendable, Hashable, CaseIterable {
    case metric, lambda, view, layout, scale, neighborhood

    func text(of network: NetworkIdentity) -> String {
      switch self {
      case .metric: network.metric
      case .lambda: "\(network.lambda)"
      case .view: network.view
      case .layout: network.layout
      case .scale: network.scale
      case .neighborhood: network.neighborhood
      }
    }
  }

  /// Every condition with one reference.
  /// - Throws: `UserError` if there is no such condition, or no other one.
  public static func against(
    _ reference: String, _ values: NetworkValues
  ) throws -> [ConditionPair] {
    let labels = values.conditions.map(\.condition)
    guard labels.contains(reference) else {
      throw UserError(
        "there is no condition \"\(reference)\" to compare with: choose by --against from "
          + labels.joined(separator: ", "))
    }
    guard labels.count > 1 else {
      throw UserError(
        "\(reference) is the only condition: evaluate others with it, or give a second folder")
    }
    return labels.filter { $0 != reference }.map { ConditionPair($0, reference: reference) }
  }

  /// Every condition with the first one that differs from it in nothing but one part. With
  /// `layout`, as-correlation-1-untransposed is compared with as-correlation-1.
  /// - Throws: `UserError` if there are no such conditions.
  public static func differing(
    in part: Part, _ values: NetworkValues
  ) throws -> [ConditionPair] {
    let known = values.conditions.filter {
      $0.penalty != NetworkIdentity.unknown && $0.metric != NetworkIdentity.none
    }
    let pairs = known.compactMap { network -> ConditionPair? in
      let reference = known.first { other in
        other.penalty == network.penalty
          && Part.allCases.allSatisfy { $0 == part || $0.text(of: other) == $0.text(of: network) }
      }
      guard let reference, reference.condition != network.condition else { return nil }
      return ConditionPair(network.condition, reference: reference.condition)
    }
    guard !pairs.isEmpty else {
      throw UserError(
        "no two conditions differ in nothing but \(part.rawValue): choose another part, or compare "
          + "with one condition by --against")
    }
    return pairs
  }

  /// Every condition of a run with the same one of another run.
  /// - Parameter title: what the other run is called in results.
  /// - Throws: `UserError` if the runs share no condition.
  public static func shared(
    _ values: NetworkValues, with references: NetworkValues, title: String
  ) throws -> [ConditionPair] {
    let others = Set(references.conditions.map(\.condition))
    let labels = values.conditions.map(\.condition).filter(others.contains)
    guard !labels.isEmpty else {
      throw UserError(
        "the two runs share no condition: one has "
          + references.conditions.map(\.condition).joined(separator: ", ") + ", the other "
          + values.conditions.map(\.condition).joined(separator: ", "))
    }
    return labels.map { ConditionPair($0, reference: $0, title: title) }
  }
}
