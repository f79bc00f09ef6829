import Foundation
import Testing
import TopoEvaluation
import TopoFoundation

@Suite("Classification measures") struct ClassificationTests {
  static let probabilities = [0.7, 0.3, 0.6, 0.4, 0.2, 0.8, 0.9, 0.1]
  static let labels: [Int32] = [0, 1, 1, 0]
  let measures = ClassificationMeasures(
    logits: probabilities.map { Float(log($0)) }, classes: 2, labels: labels)

  private func close(_ value: MeasuredValue, _ expected: Double, _ tolerance: Double = 1e-7) -> Bool
  {
    value.number.map { abs($0 - expected) < tolerance } ?? false
  }

  @Test("agree with the worked example") func example() {
    #expect(measures.accuracy == .value(0.75))
    #expect(measures.confusion == [2, 0, 1, 1])
    #expect(measures.accuracyPerClass == [.value(1), .value(0.5)])
    #expect(measures.balancedAccuracy == .value(0.75))
    #expect(close(measures.negativeLogLikelihood, 0.4003674357))
    #expect(close(measures.brierScore, 0.25))
    #expect(close(measures.calibration.expectedError, 0.3))
    #expect(close(measures.calibration.maximumGap, 0.6))
    #expect(measures.invalid == 0)
  }

  @Test("do not depend on the logits' offset") func offset() {
    let shifted = ClassificationMeasures(
      logits: Self.probabilities.map { Float(log($0)) + 64 }, classes: 2, labels: Self.labels)
    #expect(close(shifted.negativeLogLikelihood, 0.4003674357, 1e-5))
    let huge = ClassificationMeasures(logits: [3e38, -3e38], classes: 2, labels: [1])
    #expect(close(huge.negativeLogLikelihood, 6e38, 1e32))
  }

  @Test("calibration uses bins closed above", arguments: [(15, 0.3), (10, 0.3), (2, 0)])
  func bins(_ bins: Int, expected: Double) {
    let calibration = Calibration(
      confidences: [0.7, 0.6, 0.8, 0.9], correct: [true, false, true, true], bins: bins)
    #expect(close(calibration.expectedError, expected, 1e-15))
  }

  @Test("calibration puts an edge into the lower bin") func edges() {
    // 0.2 = 3/15 shares the bin (2/15, 3/15] with 0.15: one gap of |1 - 0.35| / 2.
    let edge = Calibration(confidences: [0.2, 0.15], correct: [true, false])
    #expect(close(edge.expectedError, 0.325, 1e-15))
    // The next double above lies in the next bin: gaps of 0.8 and 0.15.
    let above = Calibration(confidences: [(0.2 as Double).nextUp, 0.15], correct: [true, false])
    #expect(close(above.expectedError, 0.475, 1e-12))
    #expect(Calibration(confidences: [1], correct: [true]).expectedError == .value(0))
  }

  @Test("take the lowest index on ties") func ties() {
    let tied = ClassificationMeasures(
      logits: [1, 1, 1, 0, 2, 2], classes: 3, labels: [0, 2])
    #expect(tied.confusion == [1, 0, 0, 0, 0, 0, 0, 1, 0])
  }

  @Test("count rows that are not finite as wrong, and apart", arguments: [Float.nan, .infinity])
  func invalid(_ bad: Float) {
    let values = ClassificationMeasures(
      logits: [bad, 0, log(0.75), log(0.25), 0, bad], classes: 2, labels: [0, 0, 1])
    #expect(values.invalid == 2)
    #expect(close(values.accuracy, 1.0 / 3))
    #expect(values.accuracyPerClass == [.value(0.5), .value(0)])
    #expect(values.confusion == [1, 0, 0, 0])
    #expect(close(values.negativeLogLikelihood, -log(0.75)))
    #expect(close(values.calibration.expectedError, 0.25))
  }

  @Test("are undefined without images, or without images of a class") func empty() {
    let none = ClassificationMeasures(logits: [], classes: 2, labels: [])
    #expect(none.accuracy == .undefined("no images"))
    #expect(none.negativeLogLikelihood == .undefined("no images"))
    #expect(none.balancedAccuracy.number == nil)
    #expect(none.calibration.maximumGap.number == nil)
    #expect(none.accuracyInterval == nil)
    let one = ClassificationMeasures(logits: [1, 0], classes: 2, labels: [0])
    #expect(one.accuracyPerClass == [.value(1), .undefined("no images of the class")])
    #expect(one.balancedAccuracy == .value(1))
  }
}
