/// The F distribution: of the ratio of two mean squares.
public enum FDistribution {
  /// The probability that an F variable is at least `f`: `I_x(m/2, n/2)` at `x = m / (m + n f)`,
  /// with `I` the regularized incomplete beta function.
  /// - Parameters:
  ///   - n: degrees of freedom of the numerator.
  ///   - m: degrees of freedom of the denominator.
  public static func upperTail(_ f: Double, numerator n: Double, denominator m: Double) -> Double {
    precondition(n > 0 && m > 0 && f >= 0, "parameters are in range")
    return StudentT.incompleteBeta(m / (m + n * f), m / 2, n / 2)
  }
}
