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
      // The opposite of all signs has the same magnitude: the last one stays.
      let choices = 1 << (count - 1)
      return .value(Double(Self.exactHits(magnitudes, bound, choices)) / Double(choices))
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

  /// Choices of signs, the last one fixed, whose sum has a magnitude of at least `bound`. A Gray code
  /// changes one sign at a time; sums begin anew now and then, so that rounding does not add up.
  private static func exactHits(_ magnitudes: [Double], _ bound: Double, _ choices: Int) -> Int {
    var (hits, sum) = (0, 0.0)
    for choice in 0..<choices {
      let code = choice ^ choice >> 1
      if choice.isMultiple(of: 1024) {
        sum = 0
        for (index, magnitude) in magnitudes.enumerated() {
          sum += code >> index & 1 == 0 ? magnitude : -magnitude
        }
      } else {
        let changed = choice.trailingZeroBitCount
        let magnitude = magnitudes[changed]
        sum += code >> changed & 1 == 0 ? 2 * magnitude : -2 * magnitude
      }
      if abs(sum) >= bound { hits += 1 }
    }
    return hits
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
