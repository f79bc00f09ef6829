import Foundation
import TopoFoundation

/// Differences of pairs, such as of the networks of two conditions that share a seed.
///
/// A seed fixes a network's split, initial values, order of images and dropout in every condition,
/// so that seeds are pairs by construction.
///
/// ```swift
/// let sample = PairedSample([0.5, 0.8, 0.3])
/// print(sample.mean, sample.signFlip.number ?? .nan)
/// ```
public struct PairedSample: Sendable, Hashable {
  /// The differences, finite, in the order of the pairs.
  public let differences: [Double]

  /// A sample of finite differences.
  public init(_ differences: [Double]) {
    precondition(differences.allSatisfy(\.isFinite), "differences are finite")
    self.differences = differences
  }

  /// Number of pairs.
  public var count: Int { differences.count }

  /// Mean of the differences.
  public var mean: MeasuredValue {
    MeasuredValue(Statistics.mean(differences), orUndefined: "no pairs")
  }

  /// Standard deviation of the differences, `ddof` 1.
  public var standardDeviation: MeasuredValue {
    count < 2
      ? .undefined("fewer than two pairs")
      : MeasuredValue(Statistics.sampleStandardDeviation(differences))
  }

  /// Standard deviation over the root of the number of pairs.
  public var standardError: MeasuredValue {
    standardDeviation.number.map { .value($0 / Double(count).squareRoot()) } ?? standardDeviation
  }

  /// Whether all differences are equal, except for rounding: tests that divide by their spread have no
  /// value then.
  private var isConstant: Bool {
    guard let spread = standardDeviation.number, let mean = mean.number else { return true }
    return spread <= 1e-12 * abs(mean)
  }

  /// Student's t of the differences: mean over standard error.
  public var t: MeasuredValue {
    guard let mean = mean.number, let error = standardError.number else { return standardError }
    return isConstant ? .undefined("equal differences") : .value(mean / error)
  }

  /// The two-sided p value of Student's t with `count - 1` degrees of freedom; 1 if all differences
  /// are 0.
  public var tTest: MeasuredValue {
    if count > 0, differences.allSatisfy({ $0 == 0 }) { return .value(1) }
    return t.number.map { .value(StudentT.twoSidedP($0, degreesOfFreedom: Double(count - 1))) } ?? t
  }

  /// Student's t interval of the mean; nil for fewer than two pairs.
  /// - Parameter confidence: the coverage of the interval, in (0, 1).
  public func tInterval(confidence: Double = 0.95) -> ClosedRange<Double>? {
    guard let mean = mean.number, let error = standardError.number else { return nil }
    let reach = StudentT.quantile((1 + confidence) / 2, degreesOfFreedom: Double(count - 1)) * error
    return mean - reach...mean + reach
  }

  /// The standardized effect `d_z`: mean over standard deviation of the differences.
  public var standardizedEffect: MeasuredValue {
    guard let mean = mean.number, let spread = standardDeviation.number else {
      return standardDeviation
    }
    return isConstant ? .undefined("equal differences") : .value(mean / spread)
  }

  /// Hedges' g: `d_z` without its bias in small samples, `J d_z` with the exact
  /// `J = Gamma(n / 2) / (sqrt(n / 2) Gamma((n - 1) / 2))` at `n = count - 1` degrees of freedom
  /// (Hedges 1981, J. Educ. Stat. 6). Undefined for two pairs, where `J` is 0.
  public var hedgesG: MeasuredValue {
    guard let effect = standardizedEffect.number else { return standardizedEffect }
    guard count > 2 else { return .undefined("fewer than three pairs") }
    return .value(effect * Self.hedgesFactor(degreesOfFreedom: Double(count - 1)))
  }

  /// The factor `J` of `hedgesG`.
  public static func hedgesFactor(degreesOfFreedom n: Double) -> Double {
    exp(lgamma(n / 2) - lgamma((n - 1) / 2)) / (n / 2).squareRoot()
  }
}
