import TopoSheets

/// One network of a population: a condition and a seed.
///
///     let members = [Penalty.control, .weightSimilarity(lambda: 1)].flatMap { condition in
///       (0..<3).map { Member(condition: condition, seed: $0) }
///     }
public struct Member: Sendable, Hashable, Codable {
  /// The topographic loss term.
  public var condition: Penalty
  /// The seed of split, initial values, order of images and dropout. Members of one seed share all
  /// four, so that conditions can be compared in pairs.
  public var seed: UInt64

  /// A member.
  public init(condition: Penalty, seed: UInt64) {
    self.condition = condition
    self.seed = seed
  }

  /// The member's folder within a run: `ws-euclidean-1/seed-0`.
  public var path: String { "\(condition.label)/seed-\(seed)" }
}
