import TopoSheets

/// One network of a population: a condition and a seed.
public struct Member: Sendable, Hashable, Codable {
  /// The topographic loss term.
  public var condition: Penalty
  /// What fixes split, initial values, order of presentation and dropout. Members of one seed
  /// share all four, so that conditions are compared pairwise.
  public var seed: UInt64

  /// A member.
  public init(condition: Penalty, seed: UInt64) {
    self.condition = condition
    self.seed = seed
  }

  /// The member's folder within a run: `ws-euclidean-1/seed-0`.
  public var path: String { "\(condition.label)/seed-\(seed)" }
}
