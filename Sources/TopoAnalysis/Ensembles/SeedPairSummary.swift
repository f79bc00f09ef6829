import TopoFoundation

/// Mean similarity over pairs of networks that were trained from seeds, with its error.
///
/// Pairs share networks, so that they are not independent and `sd / sqrt(pairs)` is too small. The
/// standard error is a jackknife over seeds instead: with `theta_s` the mean over the pairs without
/// seed `s`, `sqrt((n - 1) / n * sum_s (theta_s - mean theta)^2)` for `n` seeds. Pairs of one seed
/// are similar because of shared initial values; they are apart in `sameSeedMean`.
public struct SeedPairSummary: Sendable, Hashable {
  /// The similarity of two networks.
  public struct Pair: Sendable, Hashable {
    /// Seed of one network.
    public var first: UInt64
    /// Seed of the other.
    public var second: UInt64
    /// Their similarity.
    public var value: MeasuredValue

    /// The similarity of networks of two seeds.
    public init(first: UInt64, second: UInt64, value: MeasuredValue) {
      (self.first, self.second, self.value) = (first, second, value)
    }
  }

  /// Mean over pairs of different seeds.
  public let mean: MeasuredValue
  /// Its jackknife standard error; undefined if leaving out a seed leaves no pair.
  public let standardError: MeasuredValue
  /// Number of pairs of different seeds with a value.
  public let pairs: Int
  /// Mean over pairs of one seed.
  public let sameSeedMean: MeasuredValue
  /// Number of pairs of one seed with a value.
  public let sameSeedPairs: Int
  /// Number of pairs without value, which are skipped.
  public let undefined: Int

  /// Summarizes pairs.
  public init(_ all: [Pair]) {
    undefined = all.count { $0.value.number == nil }
    let defined = all.filter { $0.value.number != nil }
    let different = defined.filter { $0.first != $0.second }
    let same = defined.filter { $0.first == $0.second }
    pairs = different.count
    sameSeedPairs = same.count
    sameSeedMean = Self.mean(same, "no pairs of one seed")
    mean = Self.mean(different, "no pairs of different seeds")
    let seeds = Set(different.flatMap { [$0.first, $0.second] }).sorted()
    let means = seeds.map { seed in
      Self.mean(different.filter { $0.first != seed && $0.second != seed }, "").number
    }
    let known = means.compactMap { $0 }
    guard known.count == means.count, known.count > 1 else {
      standardError = .undefined("leaving out a seed leaves no pairs")
      return
    }
    let center = Statistics.mean(known)
    let squares = known.reduce(0) { $0 + ($1 - center) * ($1 - center) }
    let count = Double(known.count)
    standardError = .value(((count - 1) / count * squares).squareRoot())
  }

  private static func mean(_ pairs: [Pair], _ reason: String) -> MeasuredValue {
    MeasuredValue(Statistics.mean(pairs.compactMap(\.value.number)), orUndefined: reason)
  }
}
