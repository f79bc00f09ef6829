import Foundation
import TopoFoundation

/// A unit's responses to orientations that are evenly spaced over 180 degrees, from 0 on.
///
/// ```swift
/// let curve = TuningCurve([0, 0, 1, 0, 0, 0, 0, 0])
/// curve.preferred            // .value(45)
/// curve.circularVariance     // .value(0)
/// ```
public struct TuningCurve: Sendable, Hashable {
  /// The height at which the width of a curve is measured.
  public enum Height: String, Sendable, Hashable, CaseIterable {
    /// Halfway from the smallest to the largest response.
    case halfOfRange = "half-of-range"
    /// Half of the largest response.
    case halfOfPeak = "half-of-peak"
    /// The largest response divided by the root of 2.
    case rootOfPeak = "root-of-peak"
  }

  /// By orientation; none is negative.
  public let responses: [Double]

  /// A curve of an even number of responses, none of them negative.
  public init(_ responses: [Double]) {
    precondition(responses.count.isMultiple(of: 2), "each orientation has an orthogonal one")
    precondition(responses.allSatisfy { $0 >= 0 }, "responses are rectified")
    self.responses = responses
  }

  /// Degrees between neighboring orientations.
  public var step: Double { 180 / Double(responses.count) }

  private static let silent = MeasuredValue.undefined("unit does not respond to any orientation")

  /// `sum R e^(2 i theta)` and `sum R`.
  private var sums: (real: Double, imaginary: Double, total: Double) {
    var (real, imaginary, total) = (0.0, 0.0, 0.0)
    for (index, response) in responses.enumerated() {
      let angle = 2 * Double.pi * Double(index) / Double(responses.count)
      real += response * cos(angle)
      imaginary += response * sin(angle)
      total += response
    }
    return (real, imaginary, total)
  }

  /// Global orientation selectivity `|sum R e^(2 i theta)| / sum R`, in [0, 1]; undefined for a unit
  /// without responses.
  public var globalSelectivity: MeasuredValue {
    let (real, imaginary, total) = sums
    guard total > 0 else { return Self.silent }
    let length = (real * real + imaginary * imaginary).squareRoot()
    return MeasuredValue(min(length / total, 1))
  }

  /// `1 - globalSelectivity`: 0 for a response to one orientation, 1 for equal responses.
  public var circularVariance: MeasuredValue {
    switch globalSelectivity {
    case .value(let selectivity): .value(1 - selectivity)
    case .undefined(let reason): .undefined(reason)
    }
  }

  /// The direction of `sum R e^(2 i theta)`, halved: degrees in [0, 180). Undefined if global
  /// selectivity is below 1e-6.
  public var preferred: MeasuredValue {
    guard let selectivity = globalSelectivity.number else { return Self.silent }
    guard selectivity >= 1e-6 else { return .undefined("unit responds equally all around") }
    let (real, imaginary, _) = sums
    let degrees = atan2(imaginary, real) * 90 / .pi
    let positive = degrees < 0 ? degrees + 180 : degrees
    return .value(positive >= 180 ? 0 : positive)
  }

  /// `(R_best - R_orthogonal) / (R_best + R_orthogonal)` at the orientation with the largest response,
  /// the first of equal ones, in [0, 1].
  public var selectivity: MeasuredValue {
    guard let best = peak else { return Self.silent }
    let orthogonal = responses[(best + responses.count / 2) % responses.count]
    return MeasuredValue((responses[best] - orthogonal) / (responses[best] + orthogonal))
  }

  /// Index of the largest response, the first of equal ones; nil if all are 0.
  public var peak: Int? {
    guard let largest = responses.max(), largest > 0 else { return nil }
    return responses.firstIndex(of: largest)
  }

  /// Half width of the curve in degrees: the mean of the distances from its peak to where it falls
  /// to a height on both sides, with linear interpolation. Undefined for a flat curve and if the
  /// curve does not fall so far within 90 degrees on one side.
  public func bandwidth(at height: Height = .halfOfRange) -> MeasuredValue {
    guard let peak else { return Self.silent }
    let (largest, smallest) = (responses[peak], responses.min() ?? 0)
    guard largest > smallest else { return .undefined("unit responds equally all around") }
    let level =
      switch height {
      case .halfOfRange: (largest + smallest) / 2
      case .halfOfPeak: largest / 2
      case .rootOfPeak: largest / 2.0.squareRoot()
      }
    guard let right = distance(from: peak, to: level, by: 1),
      let left = distance(from: peak, to: level, by: -1)
    else { return .undefined("curve does not fall far enough within 90 degrees") }
    return MeasuredValue((left + right) / 2)
  }

  /// Degrees from the peak to where the curve first is at `level` or below in a direction.
  private func distance(from peak: Int, to level: Double, by direction: Int) -> Double? {
    let count = responses.count
    for index in 1...count / 2 {
      let before = responses[(peak + direction * (index - 1) + count) % count]
      let after = responses[(peak + direction * index + count) % count]
      if after <= level {
        let part = before > after ? (before - level) / (before - after) : 0
        return (Double(index - 1) + part) * step
      }
    }
    return nil
  }
}
