import Foundation

/// Student's t distribution.
public enum StudentT {
  /// The value below which a t variable falls with the given probability, in (0, 1).
  ///
  /// The upper tail is `I_x(n/2, 1/2) / 2` at `x = n / (n + t^2)`, with `I` the regularized
  /// incomplete beta function (NIST DLMF 8.17). It is inverted by bisection over `t` until the
  /// bounds are adjacent numbers.
  public static func quantile(_ probability: Double, degreesOfFreedom n: Double) -> Double {
    precondition(probability > 0 && probability < 1 && n > 0, "parameters are in range")
    if probability == 0.5 { return 0 }
    let tail = 2 * min(probability, 1 - probability)
    // Doubling finds the bounds, so that the relative accuracy is the same for any tail.
    func tailBeyond(_ t: Double) -> Double {
      incompleteBeta(n / (n + t * t), n / 2, 0.5)
    }
    var (low, high) = (0.0, 1.0)
    while tailBeyond(high) > tail, high < 1e300 { (low, high) = (high, high * 2) }
    for _ in 0..<200 {
      let middle = (low + high) / 2
      if middle == low || middle == high { break }
      if tailBeyond(middle) > tail { low = middle } else { high = middle }
    }
    let t = (low + high) / 2
    return probability < 0.5 ? -t : t
  }

  /// The probability that a t variable is at least as far from 0 as `t`.
  public static func twoSidedP(_ t: Double, degreesOfFreedom n: Double) -> Double {
    precondition(n > 0, "parameters are in range")
    return incompleteBeta(n / (n + t * t), n / 2, 0.5)
  }

  /// The regularized incomplete beta function `I_x(a, b)` by its continued fraction (NIST DLMF
  /// 8.17.22, evaluated by Lentz's method). For large `x` it is `1 - I_(1-x)(b, a)`, because the
  /// fraction converges fast only for small `x`.
  static func incompleteBeta(_ x: Double, _ a: Double, _ b: Double) -> Double {
    if x <= 0 { return 0 }
    if x >= 1 { return 1 }
    if x > (a + 1) / (a + b + 2) { return 1 - incompleteBeta(1 - x, b, a) }
    let front = exp(
      a * log(x) + b * log1p(-x) + lgamma(a + b) - lgamma(a) - lgamma(b))
    // d_1, d_2, ... of the fraction 1 / (1 + d_1 / (1 + d_2 / ...)).
    func coefficient(_ index: Int) -> Double {
      let m = Double(index / 2)
      return index.isMultiple(of: 2)
        ? m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        : -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
    }
    let tiny = 1e-300
    func away(_ value: Double) -> Double { abs(value) < tiny ? tiny : value }
    var (value, c, d) = (1.0, 1.0, 0.0)
    for index in 1..<10_000 {
      let step = coefficient(index)
      d = 1 / away(1 + step * d)
      c = away(1 + step / c)
      value *= c * d
      if abs(c * d - 1) < 1e-16 { break }
    }
    return front / (a * value)
  }
}
