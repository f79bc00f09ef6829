import TopoFoundation

extension PairedSample {
  /// Intervals of the mean from resampled pairs.
  public struct BootstrapIntervals: Sendable, Hashable {
    /// Quantiles of the means of resamples.
    public var percentile: ClosedRange<Double>
    /// The same, corrected for bias and acceleration (Efron 1987, J. Am. Stat. Assoc. 82). Equal to
    /// `percentile` if the correction has no value, as for equal differences.
    public var corrected: ClosedRange<Double>
  }

  /// Bootstrap intervals of the mean over resamples of the pairs; nil for fewer than two pairs.
  /// - Parameters:
  ///   - confidence: the coverage of the intervals, in (0, 1).
  ///   - resamples: their number.
  ///   - seed: chooses the resamples.
  public func bootstrap(
    confidence: Double = 0.95, resamples: Int = 10_000, seed: UInt64 = 0
  ) -> BootstrapIntervals? {
    guard count > 1 else { return nil }
    let pairs = UInt32(count)
    var sequence = RandomSequence(
      Philox(seed: seed, purpose: .analysis, stream: StatisticsStream.bootstrap))
    let means = (0..<resamples).map { _ -> Double in
      var sum = 0.0
      for _ in 0..<count { sum += differences[Int(sequence.next(below: pairs))] }
      return sum / Double(count)
    }.sorted()
    let tail = (1 - confidence) / 2
    let percentile = Self.quantile(tail, means)...Self.quantile(1 - tail, means)
    guard let levels = correctedLevels(tail, means) else {
      return BootstrapIntervals(percentile: percentile, corrected: percentile)
    }
    return BootstrapIntervals(
      percentile: percentile,
      corrected: Self.quantile(levels.0, means)...Self.quantile(levels.1, means))
  }

  /// Probabilities at which corrected intervals end, by bias `z_0` and acceleration `a`:
  /// `Phi(z_0 + (z_0 + z) / (1 - a (z_0 + z)))`.
  private func correctedLevels(_ tail: Double, _ means: [Double]) -> (Double, Double)? {
    let center = Statistics.mean(differences)
    let below = Double(means.count { $0 < center } + means.count { $0 <= center })
    let share = below / Double(2 * means.count)
    guard share > 0, share < 1 else { return nil }
    let bias = NormalDistribution.quantile(share)
    // The mean without pair i is less than the mean of all by (d_i - mean) / (n - 1).
    let deviations = differences.map { $0 - center }
    let squares = deviations.reduce(0) { $0 + $1 * $1 }
    let cubes = deviations.reduce(0) { $0 + $1 * $1 * $1 }
    guard squares > 0 else { return nil }
    let acceleration = cubes / (6 * squares * squares.squareRoot())
    func level(_ z: Double) -> Double {
      let moved = bias + z
      return NormalDistribution.probability(below: bias + moved / (1 - acceleration * moved))
    }
    let z = NormalDistribution.quantile(tail)
    let (low, high) = (level(z), level(-z))
    return low < high ? (low, high) : nil
  }

  /// The quantile of sorted values, linear between neighbors.
  private static func quantile(_ probability: Double, _ sorted: [Double]) -> Double {
    let position = min(max(probability, 0), 1) * Double(sorted.count - 1)
    let index = min(Int(position), sorted.count - 2)
    let part = position - Double(index)
    return sorted[index] + part * (sorted[index + 1] - sorted[index])
  }
}
