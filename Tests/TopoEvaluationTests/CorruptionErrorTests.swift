import Testing
import TopoFoundation
import TopoNetworks

@testable import TopoEvaluation

/// Errors under corruptions relative to control, and areas under accuracy.
@Suite("Corruption errors") struct CorruptionErrorTests {
  private func records(
    _ condition: String, seed: UInt64 = 0, clean: Double?, _ errors: [String: [Double]],
    dataset: String = "data"
  ) -> [Record] {
    func record(_ perturbation: String, _ severity: Double, _ error: Double, _ draw: Int = 0)
      -> Record
    {
      Record(
        dataset: dataset, network: NetworkIdentity(named: condition, seed: seed),
        measure: MeasureName.accuracy, perturbation: perturbation, severity: severity,
        draw: draw, value: .value(1 - error))
    }
    return (clean.map { [record(Record.clean, 0, $0)] } ?? [])
      + errors.sorted { $0.key < $1.key }.flatMap { name, errors in
        errors.enumerated().map { record(name, Double($0.offset + 1), $0.element) }
      }
  }

  private func value(
    _ records: [Record], _ measure: String, _ perturbation: String, _ condition: String = "ws"
  ) -> MeasuredValue? {
    records.first {
      $0.measure == measure && $0.perturbation == perturbation && $0.condition == condition
    }?.value
  }

  private let own = [0.1, 0.2, 0.3, 0.4, 0.5]
  private let base = [0.2, 0.4, 0.6, 0.8, 1.0]

  @Test("the specification's values") func theSpecificationsValues() throws {
    let found = CorruptionError(["c/fog", "c/snow"], family: "c").records(
      records("control", clean: 0.2, ["c/fog": base])
        + records("ws", clean: 0.05, ["c/fog": own]))
    let ce = try #require(value(found, MeasureName.corruptionError, "c/fog")?.number)
    #expect(abs(ce - 0.5) < 1e-12)
    let relative = try #require(
      value(found, MeasureName.relativeCorruptionError, "c/fog")?.number)
    #expect(abs(relative - 0.625) < 1e-12)
    // One corruption: the means are its values. Control has 1 by definition.
    #expect(value(found, MeasureName.meanCorruptionError, "c")?.number == ce)
    #expect(value(found, MeasureName.relativeMeanCorruptionError, "c")?.number == relative)
    let accuracy = try #require(value(found, MeasureName.meanCorruptionAccuracy, "c")?.number)
    #expect(abs(accuracy - 0.7) < 1e-12)
    #expect(value(found, MeasureName.meanCorruptionError, "c", "control")?.number == 1)
    #expect(found.allSatisfy { $0.severity == 5 && $0.draw == 0 })
    #expect(found.count == 2 * 6)
  }

  /// The base is the mean over the control's seeds, of the same data only.
  @Test("the base is the mean over seeds") func theBaseIsTheMeanOverSeeds() throws {
    let found = CorruptionError(["c/fog"], family: "c").records(
      records("control", seed: 0, clean: 0.1, ["c/fog": [0.1]])
        + records("control", seed: 1, clean: 0.3, ["c/fog": [0.7]])
        + records("control", seed: 0, clean: 0, ["c/fog": [0.9]], dataset: "other")
        + records("ws", clean: 0.1, ["c/fog": [0.2]]))
    let ce = try #require(value(found, MeasureName.corruptionError, "c/fog")?.number)
    #expect(abs(ce - 0.5) < 1e-12)
    let relative = try #require(
      value(found, MeasureName.relativeCorruptionError, "c/fog")?.number)
    #expect(abs(relative - 0.5) < 1e-12)
  }

  /// The mean over corruptions is one of ratios, not a ratio of means.
  @Test("the mean is over corruptions") func theMeanIsOverCorruptions() throws {
    let found = CorruptionError(["c/fog", "c/snow"], family: "c").records(
      records("control", clean: 0, ["c/fog": [0.1], "c/snow": [0.8]])
        + records("ws", clean: 0, ["c/fog": [0.2], "c/snow": [0.4]]))
    let mean = try #require(value(found, MeasureName.meanCorruptionError, "c")?.number)
    #expect(abs(mean - 1.25) < 1e-12)
  }

  /// A corruption that costs the control networks nothing is left out of the relative mean.
  @Test("undefined values are skipped") func whatIsUndefinedIsSkipped() throws {
    let found = CorruptionError(["c/fog", "c/snow"], family: "c").records(
      records("control", clean: 0.1, ["c/fog": [0.1], "c/snow": [0.5]])
        + records("ws", clean: 0.1, ["c/fog": [0.2], "c/snow": [0.3]]))
    let relative = try #require(
      value(found, MeasureName.relativeMeanCorruptionError, "c")?.number)
    #expect(abs(relative - 0.5) < 1e-12)
    #expect(value(found, MeasureName.skippedCorruptions, "c")?.number == 1)
    let mean = try #require(value(found, MeasureName.meanCorruptionError, "c")?.number)
    #expect(abs(mean - (2 + 0.6) / 2) < 1e-12)
  }

  @Test("errors without a control network are undefined") func whatCannotBeToldIsUndefined() {
    let corruption = CorruptionError(["c/fog"], family: "c")
    let alone = corruption.records(records("ws", clean: 0.1, ["c/fog": own]))
    for (measure, name) in [
      (MeasureName.corruptionError, "c/fog"), (MeasureName.meanCorruptionError, "c"),
      (MeasureName.relativeMeanCorruptionError, "c"),
    ] {
      #expect(value(alone, measure, name)?.reason == "there is no control network that learned")
    }
    #expect(value(alone, MeasureName.meanCorruptionAccuracy, "c")?.number != nil)

    let robust = corruption.records(
      records("control", clean: 0.2, ["c/fog": [0.2]]) + records("ws", clean: 0, ["c/fog": [0.1]]))
    #expect(value(robust, MeasureName.corruptionError, "c/fog")?.number == 0.5)
    #expect(
      value(robust, MeasureName.relativeCorruptionError, "c/fog")?.reason
        == "the control networks lose no accuracy")

    let other = corruption.records(
      records("control", clean: 0.2, ["c/fog": [0.2]])
        + records("ws", clean: 0, ["c/fog": [0.1, 0.2]]))
    #expect(
      value(other, MeasureName.corruptionError, "c/fog")?.reason
        == "the control networks were not evaluated at the same severities")
    #expect(corruption.records(records("ws", clean: 0.1, [:])).isEmpty)
  }

  /// (0, 1), (1, .9), (2, .7): the area is from the clean images on.
  @Test("areas begin at the clean images") func areasBeginAtTheCleanImages() throws {
    let found = DegradationCurve.areas(
      records("ws", clean: 0, ["white": [0.1, 0.3], "other": [0.5]])
    ) { $0 == "white" }
    #expect(found.count == 1)
    let area = try #require(value(found, MeasureName.areaUnderAccuracy, "white")?.number)
    #expect(abs(area - (0.95 + 0.8) / 2) < 1e-12)
    #expect(found.first?.severity == 2)
    let blind = DegradationCurve.areas(records("ws", clean: nil, ["white": [0.1]])) { _ in true }
    #expect(blind.first?.value.reason == "the clean images were not evaluated")
  }

  /// The specification's value: (0, 1), (.1, .9), (.2, .7), (.4, .1).
  @Test("the area under uneven levels") func theAreaOfUnevenLevels() {
    let area = Statistics.area(under: [(0, 1), (0.1, 0.9), (0.2, 0.7), (0.4, 0.1)]) / 0.4
    #expect(abs(area - 0.6375) < 1e-12)
  }
}
