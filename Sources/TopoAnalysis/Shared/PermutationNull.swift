import TopoFoundation

/// A value beside the values that random permutations give: is it more than chance?
///
/// ```swift
/// let shuffles = Permutations(count: 1000, seed: 0, stream: 7)
/// let values = shuffles.map(over: 121) { order in statistic(of: order) }
/// let null = PermutationNull(observed: statistic, values: values, tail: .lower)
/// print(null.p, null.z)
/// ```
public struct PermutationNull: Sendable, Hashable {
  /// Which values count as being at least as far from chance as the observed one.
  public enum Tail: Sendable, Hashable {
    /// Those at most as large.
    case lower
    /// Those at least as large.
    case upper
    /// Twice the smaller of both tails, at most 1.
    case both
  }

  /// The value without permutation.
  public let observed: Double
  /// Mean of the permutations that have a value; undefined if none has.
  public let mean: MeasuredValue
  /// Their standard deviation (`ddof` 0).
  public let standardDeviation: MeasuredValue
  /// `(1 + count) / (1 + n)`: `count` of all `n` permutations are in the tail. Values that differ
  /// from the observed one by at most 1e-12 of it are in the tail, because sums in another order
  /// round differently. Permutations without a value are not in it.
  public let p: Double

  /// The null of some permutations.
  /// - Parameter values: by permutation; nil if the statistic has no value there.
  public init(observed: Double, values: [Double?], tail: Tail) {
    self.observed = observed
    let defined = values.compactMap { $0 }
    let slack = 1e-12 * abs(observed)
    let lower = defined.count { $0 <= observed + slack }
    let upper = defined.count { $0 >= observed - slack }
    let total = Double(1 + values.count)
    let (below, above) = (Double(1 + lower) / total, Double(1 + upper) / total)
    switch tail {
    case .lower: p = below
    case .upper: p = above
    case .both: p = min(1, 2 * min(below, above))
    }
    guard !defined.isEmpty else {
      (mean, standardDeviation) = (.undefined(Self.empty), .undefined(Self.empty))
      return
    }
    mean = MeasuredValue(Statistics.mean(defined))
    standardDeviation = MeasuredValue(Statistics.standardDeviation(defined))
  }

  /// How many standard deviations the value is from the mean of permutations.
  public var z: MeasuredValue {
    guard let mean = mean.number, let deviation = standardDeviation.number else {
      return .undefined(Self.empty)
    }
    guard deviation > 1e-12 * abs(mean) else { return .undefined("all permutations are equal") }
    return MeasuredValue((observed - mean) / deviation)
  }

  /// The value as a multiple of the mean of permutations.
  public var ratio: MeasuredValue {
    guard let mean = mean.number else { return .undefined(Self.empty) }
    return MeasuredValue(observed / mean, orUndefined: "the mean of permutations is 0")
  }

  /// The value less the mean of permutations.
  public var excess: MeasuredValue {
    guard let mean = mean.number else { return .undefined(Self.empty) }
    return MeasuredValue(observed - mean)
  }

  private static let empty = "no permutation has a value"
}
