import TopoEvaluation
import TopoFoundation
import TopoStatistics

/// What the networks say about a claim.
enum Verdict: String, Sendable, CaseIterable {
  case supported
  case opposite
  case notSupported = "not supported"
  case undecided
  case notMeasured = "not measured"

  /// Decides by the paired differences of networks and control.
  /// - Parameters:
  ///   - direction: what the claim says.
  ///   - mean: mean difference.
  ///   - interval: its 95 % interval.
  ///   - correctedP: p value after correction.
  ///   - smallest: the smallest difference that matters, in the unit of the differences.
  static func decide(
    _ direction: Claim.Direction, mean: Double, interval: ClosedRange<Double>?,
    correctedP: Double?, smallest: Double
  ) -> Verdict {
    guard let interval, let correctedP else { return .undecided }
    let isFound = correctedP < level
    switch direction {
    case .larger:
      if isFound { return mean > 0 ? .supported : .opposite }
      return interval.upperBound < smallest ? .notSupported : .undecided
    case .smaller:
      if isFound { return mean < 0 ? .supported : .opposite }
      return interval.lowerBound > -smallest ? .notSupported : .undecided
    case .other:
      if isFound { return .supported }
      return interval.lowerBound > -smallest && interval.upperBound < smallest
        ? .notSupported : .undecided
    case .notLarger:
      if interval.upperBound < smallest { return .supported }
      return isFound && mean > 0 ? .opposite : .undecided
    }
  }

  /// The level of tests.
  static let level = 0.05
}
