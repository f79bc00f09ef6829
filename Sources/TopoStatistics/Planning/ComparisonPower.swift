/// What a comparison of several conditions with one, paired by seed, can find at a level of 0.05.
///
/// ```swift
/// let power = ComparisonPower(pairs: 10, comparisons: 12)
/// print(power.smallestEffect ?? .nan, power.smallestCorrectedEffect ?? .nan)  // 1.00 and 1.53
/// print(power.smallestCorrectedP, power.canReach)                             // 0.023 true
/// ```
public struct ComparisonPower: Sendable, Hashable {
  /// The level of the tests.
  public static let alpha = 0.05
  /// The probability of finding an effect that counts as enough.
  public static let power = 0.8

  /// Number of pairs, which is that of seeds.
  public let pairs: Int
  /// Number of comparisons of a measure, over which p is corrected.
  public let comparisons: Int

  /// A comparison of as many conditions with another one.
  public init(pairs: Int, comparisons: Int) {
    precondition(pairs > 0 && comparisons > 0, "there is something to compare")
    (self.pairs, self.comparisons) = (pairs, comparisons)
  }

  /// The smallest standardized effect `d_z` that a single paired t test finds; nil for one pair.
  public var smallestEffect: Double? {
    PairedPower.smallestEffect(pairs: pairs, alpha: Self.alpha, power: Self.power)
  }

  /// The same at the first step of Holm's correction; nil for one pair.
  public var smallestCorrectedEffect: Double? {
    PairedPower.smallestEffect(
      pairs: pairs, alpha: Self.alpha / Double(comparisons), power: Self.power)
  }

  /// The smallest p that sign flips can reach.
  public var smallestP: Double { PairedSample.smallestSignFlip(pairs: pairs) }

  /// The smallest p after Holm's correction.
  public var smallestCorrectedP: Double { min(1, smallestP * Double(comparisons)) }

  /// Whether a corrected p can reach the level at all.
  public var canReach: Bool { smallestCorrectedP <= Self.alpha }

  /// The fewest pairs with which a corrected p can reach the level; nil if no number of them can.
  public var fewestPairs: Int? {
    (1...64).first { ComparisonPower(pairs: $0, comparisons: comparisons).canReach }
  }
}
