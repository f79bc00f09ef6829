import Foundation
import TopoFoundation
import TopoStatistics

/// Mean and spread of one value per network, over the seeds of a condition.
///
/// ```swift
/// let summary = Summary([0.91, 0.93, 0.92])
/// let interval = summary.interval(confidence: 0.95)
/// ```
public struct Summary: Sendable, Hashable {
  /// Number of values.
  public let count: Int
  /// Number of undefined values that were skipped.
  public let skipped: Int
  /// Mean of the values.
  public let mean: MeasuredValue
  /// Sample standard deviation (divided by `count - 1`).
  public let standardDeviation: MeasuredValue
  /// Standard error of the mean: `standardDeviation / sqrt(count)`.
  public let standardError: MeasuredValue

  /// A summary of values.
  /// - Parameter skipped: number of undefined values that were left out.
  public init(_ values: [Double], skipped: Int = 0) {
    count = values.count
    self.skipped = skipped
    let number = Double(values.count)
    mean = MeasuredValue(Statistics.mean(values), orUndefined: "no values")
    let reason = "fewer than two values"
    let spread = Statistics.sampleStandardDeviation(values)
    standardDeviation = MeasuredValue(spread, orUndefined: reason)
    standardError = MeasuredValue(spread / number.squareRoot(), orUndefined: reason)
  }

  /// A summary of the values that are defined.
  public init(_ values: [MeasuredValue]) {
    let defined = values.compactMap(\.number)
    self.init(defined, skipped: values.count - defined.count)
  }

  /// Student's t interval of the mean; nil for fewer than two values.
  /// - Parameter confidence: the coverage of the interval, in (0, 1).
  public func interval(confidence: Double = 0.95) -> ClosedRange<Double>? {
    guard let mean = mean.number, let error = standardError.number else { return nil }
    let reach =
      StudentT.quantile((1 + confidence) / 2, degreesOfFreedom: Double(count - 1)) * error
    return mean - reach...mean + reach
  }

  /// Wilson's score interval of a proportion (Wilson 1927); nil without trials.
  /// - Parameter z: the normal quantile of the interval's coverage; 95 % by default.
  public static func wilsonInterval(
    successes: Int, of trials: Int, z: Double = 1.959963984540054
  ) -> ClosedRange<Double>? {
    guard trials > 0 else { return nil }
    let n = Double(trials)
    let p = Double(successes) / n
    let scale = 1 + z * z / n
    let center = (p + z * z / (2 * n)) / scale
    let reach = z / scale * (p * (1 - p) / n + z * z / (4 * n * n)).squareRoot()
    return max(0, center - reach)...min(1, center + reach)
  }
}
