import Foundation

/// The noncentral t distribution: of `(Z + delta) / sqrt(V / n)` for a standard normal `Z` and a
/// chi-squared `V` with `n` degrees of freedom.
public enum NoncentralT {
  /// The probability of a value above `t`: the mean of `P(Z > t s - delta)` over
  /// `s = sqrt(V / n)`, by Simpson's rule.
  /// - Parameters:
  ///   - n: degrees of freedom.
  ///   - delta: the noncentrality.
  public static func upperTail(_ t: Double, degreesOfFreedom n: Double, delta: Double) -> Double {
    precondition(n > 0 && t.isFinite && delta.isFinite, "parameters are in range")
    // Density of s: 2 (n/2)^(n/2) / Gamma(n/2) s^(n-1) exp(-n s^2 / 2). Its mass lies within 12
    // standard deviations, of about 1 / sqrt(2 n), around 1.
    let constant = log(2) + n / 2 * log(n / 2) - lgamma(n / 2)
    let reach = 12 / (2 * n).squareRoot()
    let (low, high) = (max(1 - reach, 0), 1 + reach)
    let intervals = 4000
    let step = (high - low) / Double(intervals)
    func value(_ index: Int) -> Double {
      let s = low + Double(index) * step
      let tail = NormalDistribution.probability(below: delta - t * s)
      guard s > 0 else { return n == 1 ? exp(constant) * tail : 0 }
      return exp(constant + (n - 1) * log(s) - n * s * s / 2) * tail
    }
    var sum = value(0) + value(intervals)
    for index in 1..<intervals { sum += (index.isMultiple(of: 2) ? 2 : 4) * value(index) }
    return min(max(sum * step / 3, 0), 1)
  }
}
