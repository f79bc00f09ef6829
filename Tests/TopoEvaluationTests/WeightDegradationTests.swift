import Testing
import TopoFoundation

@testable import TopoEvaluation

/// What follows from accuracies under damage.
@Suite("Weight degradation") struct WeightDegradationTests {
  private let zeroing = "weights/zeroing/topographic"

  private func record(
    _ measure: String, _ perturbation: String, _ severity: Double, _ value: Double,
    draw: Int = 0, seed: UInt64 = 0
  ) -> Record {
    Record(
      dataset: "d", penalty: .control, seed: seed, measure: measure,
      perturbation: perturbation, severity: severity, draw: draw, value: .value(value))
  }

  /// Accuracy and accuracies of two classes.
  private func answer(
    _ perturbation: String, _ severity: Double, _ classes: [Double], draw: Int = 0,
    seed: UInt64 = 0
  ) -> [Record] {
    [
      record(
        MeasureName.accuracy, perturbation, severity,
        classes.reduce(0, +) / Double(classes.count), draw: draw, seed: seed)
    ]
      + classes.enumerated().map {
        record(
          MeasureName.accuracy(ofClass: $0), perturbation, severity, $1, draw: draw, seed: seed)
      }
  }

  private func value(
    _ records: [Record], _ measure: String, _ perturbation: String, _ severity: Double,
    draw: Int = 0, seed: UInt64 = 0
  ) -> MeasuredValue? {
    let found = WeightDegradation.records(from: records).filter {
      $0.measure == measure && $0.perturbation == perturbation && $0.severity == severity
        && $0.draw == draw && $0.seed == seed
    }
    #expect(found.count == 1, "\(measure)")
    return found.first?.value
  }

  private func near(_ value: MeasuredValue?, _ wanted: Double) -> Bool {
    abs((value?.number ?? .nan) - wanted) < 1e-12
  }

  @Test("area under accuracy") func area() {
    let curve = [(0.0, 1.0), (0.1, 0.9), (0.2, 0.7), (0.4, 0.1)]
    let records = curve.flatMap { answer(zeroing, $0.0, [$0.1, $0.1]) }.reversed()
    #expect(near(value(Array(records), MeasureName.areaUnderAccuracy, zeroing, 0.4), 0.6375))
    let half = curve.flatMap { answer(zeroing, $0.0, [$0.1 / 2, $0.1 / 2]) }
    #expect(near(value(half, MeasureName.areaUnderAccuracy, zeroing, 0.4), 0.31875))
    #expect(near(value(half, MeasureName.normalizedAreaUnderAccuracy, zeroing, 0.4), 0.6375))
    // Chance is 0.5: half way from 1 is 0.75, between 0.9 at 0.1 and 0.7 at 0.2.
    #expect(near(value(Array(records), MeasureName.halfLevel, zeroing, 0.4), 0.175))
  }

  @Test("draws are averaged first; models stay apart") func draws() {
    var records = answer(zeroing, 0, [1, 1]) + answer(zeroing, 0, [1, 1], seed: 1)
    records += answer(zeroing, 0.5, [0.5, 0.5]) + answer(zeroing, 0.5, [0.75, 0.25], draw: 1)
    records += answer(zeroing, 0.5, [0.9, 0.7], seed: 1)
    #expect(near(value(records, MeasureName.areaUnderAccuracy, zeroing, 0.5), 0.75))
    #expect(near(value(records, MeasureName.areaUnderAccuracy, zeroing, 0.5, seed: 1), 0.9))
    // Standard deviations 0 and 0.25 of the drops.
    #expect(near(value(records, MeasureName.classSpecificity, zeroing, 0.5), 0.125))
    #expect(near(value(records, MeasureName.halfLevel, zeroing, 0.5), 0.25))
    let reason = value(records, MeasureName.halfLevel, zeroing, 0.5, seed: 1)?.reason
    #expect(reason?.contains("does not fall") == true)
  }

  @Test("no more than chance") func chance() {
    let records = answer(zeroing, 0, [0.5, 0.5]) + answer(zeroing, 0.5, [0, 0])
    let reason = value(records, MeasureName.halfLevel, zeroing, 0.5)?.reason
    #expect(reason?.contains("not above chance") == true)
    let none = answer(zeroing, 0, [0, 0]) + answer(zeroing, 0.5, [0, 0])
    #expect(value(none, MeasureName.normalizedAreaUnderAccuracy, zeroing, 0.5)?.reason != nil)
    // Without severity 0 there is nothing to compare with.
    #expect(WeightDegradation.records(from: answer(zeroing, 0.5, [0, 0])).isEmpty)
    #expect(WeightDegradation.records(from: answer("white", 0, [1, 1])).isEmpty)
  }

  @Test("quantization's curve is over the step between codes") func quantization() {
    let label = "weights/quantization/dense"
    let records =
      answer(label, 0, [1, 1]) + answer(label, 3, [0.9, 0.9]) + answer(label, 2, [0.6, 0.6])
    let area = 1.0 / 3 * 0.95 + 2.0 / 3 * 0.75
    #expect(near(value(records, MeasureName.areaUnderAccuracy, label, 2), area))
    #expect(near(value(records, MeasureName.halfLevel, label, 2), 1.0 / 3 + 2.0 / 3 * 0.5))
  }

  @Test("stimulated patches against random units, apart from lesions") func stimulations() {
    var records = answer("stimulation/random", 0, [1, 1]) + answer("stimulation/patch", 0, [1, 1])
    records += answer("stimulation/random", 2, [0.9, 0.9])
    records += answer("stimulation/patch", 2, [0.5, 0.7], draw: 3)
    records += answer("lesion/random", 2, [0, 0])
    #expect(near(value(records, MeasureName.patchEffect, "stimulation/patch", 2), 0.3))
    #expect(near(value(records, MeasureName.areaUnderAccuracy, "stimulation/patch", 2), 0.8))
  }

  @Test("patches against random lesions, and lesions by class") func lesions() {
    var records = answer("lesion/random", 0, [1, 1]) + answer("lesion/random", 0.1, [0.9, 0.9])
    records += answer("lesion/patch", 0, [1, 1]) + answer("lesion/patch", 0.1, [0.4, 1], draw: 3)
    records += answer("lesion/patch", 0.1, [1, 0.8], draw: 60)
    records += answer("lesion/selective", 0, [1, 0.9])
    records +=
      answer("lesion/selective", 6, [0.25, 0.8]) + answer("lesion/selective", 6, [1, 0], draw: 1)
    #expect(near(value(records, MeasureName.patchEffect, "lesion/patch", 0.1), 0.1))
    #expect(near(value(records, MeasureName.classSpecificity, "lesion/patch", 0.1), 0.2))
    #expect(near(value(records, MeasureName.selectiveDrop, "lesion/selective", 6), 0.75))
    #expect(near(value(records, MeasureName.selectiveDropOfOthers, "lesion/selective", 6), 0.1))
    #expect(near(value(records, MeasureName.selectiveDrop, "lesion/selective", 6, draw: 1), 0.9))
    #expect(
      near(value(records, MeasureName.selectiveDropOfOthers, "lesion/selective", 6, draw: 1), 0))
  }
}
