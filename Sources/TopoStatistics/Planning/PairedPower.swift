import TopoFoundation

/// What a comparison of so many pairs can find.
public enum PairedPower {
  /// The probability that a two-sided paired t test finds a standardized effect.
  /// - Parameters:
  ///   - effect: mean over standard deviation of the differences, `d_z`.
  ///   - pairs: at least 2.
  ///   - alpha: the level of the test.
  public static func power(effect: Double, pairs: Int, alpha: Double = 0.05) -> Double {
    precondition(pairs > 1 && alpha > 0 && alpha < 1, "parameters are in range")
    let n = Double(pairs - 1)
    let bound = StudentT.quantile(1 - alpha / 2, degreesOfFreedom: n)
    let delta = abs(effect) * Double(pairs).squareRoot()
    return NoncentralT.upperTail(bound, degreesOfFreedom: n, delta: delta)
      + NoncentralT.upperTail(bound, degreesOfFreedom: n, delta: -delta)
  }

  /// The smallest standardized effect that the test finds with a probability of `power`; nil for
  /// fewer than two pairs.
  public static func smallestEffect(
    pairs: Int, alpha: Double = 0.05, power: Double = 0.8
  ) -> Double? {
    guard pairs > 1 else { return nil }
    var (low, high) = (0.0, 1.0)
    while self.power(effect: high, pairs: pairs, alpha: alpha) < power, high < 1e6 { high *= 2 }
    for _ in 0..<60 {
      let middle = (low + high) / 2
      if self.power(effect: middle, pairs: pairs, alpha: alpha) < power {
        low = middle
      } else {
        high = middle
      }
    }
    return (low + high) / 2
  }
}
