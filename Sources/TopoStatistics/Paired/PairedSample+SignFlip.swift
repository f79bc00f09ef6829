import TopoFoundation

extension PairedSample {
  /// Pairs up to which all sign flips are counted.
  static let exactFlips = 20
  /// Sign flips drawn for more pairs.
  static let drawnFlips = 100_000

  /// The two-sided p value of the sign-flip permutation test: the share of all `2^n` choices of
  /// signs for which `|mean|` is at least as large as it is. The test is exact if differences are
  /// symmetric around 0 under the null hypothesis.
  ///
  /// For more than 20 pairs it is `(1 + hits) / (1 + draws)` of 100,000 draws with a fixed seed.
  /// Undefined without pairs.
  public var signFlip: MeasuredValue {
    guard count > 0 else { return .undefined("no pairs") }
    // Sums that differ by rounding are equal.
    let magnitudes = differences.map(abs)
    let bound = abs(differences.reduce(0, +)) - 1e-12 * magnitudes.reduce(0, +)
    if count <= Self.exactFlips {
      let hits = (0..<(1 << count)).count { flips in
        var sum = 0.0
        for (index, magnitude) in magnitudes.enumerated() {
          sum += flips >> index & 1 == 0 ? magnitude : -magnitude
        }
        return abs(sum) >= bound
      }
      return .value(Double(hits) / Double(1 << count))
    }
    var hits = 0
    for draw in 0..<Self.drawnFlips {
      var signs = RandomSequence(
        Philox(seed: 0, purpose: .analysis, stream: StatisticsStream.signFlips)
          .subsequence(at: UInt64(draw), stream: StatisticsStream.signFlips))
      var (sum, word) = (0.0, UInt32(0))
      for (index, magnitude) in magnitudes.enumerated() {
        if index.isMultiple(of: 32) { word = signs.nextWord() }
        sum += word >> UInt32(index % 32) & 1 == 0 ? magnitude : -magnitude
      }
      if abs(sum) >= bound { hits += 1 }
    }
    return .value(Double(1 + hits) / Double(1 + Self.drawnFlips))
  }

  /// The smallest p value that the sign-flip test can reach for a number of pairs: `2 / 2^n`, at
  /// most 1.
  public static func smallestSignFlip(pairs: Int) -> Double {
    pairs <= exactFlips
      ? min(2 / Double(1 << max(pairs, 0)), 1) : 1 / Double(1 + drawnFlips)
  }
}

/// Streams of random numbers of statistics. The values are part of what makes results
/// reproducible: never renumber them.
enum StatisticsStream {
  /// Signs of sign-flip tests.
  static let signFlips: UInt32 = 401
  /// Resamples of bootstraps.
  static let bootstrap: UInt32 = 402
}
