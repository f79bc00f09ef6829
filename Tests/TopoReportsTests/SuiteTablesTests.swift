import Testing
import TopoEvaluation
import TopoNetworks
import TopoSheets

@testable import TopoReports

/// The tables that a suite ends with.
struct SuiteTablesTests {
  private static func record(
    _ condition: String, _ seed: UInt64, _ measure: String, _ perturbation: String,
    _ severity: Double, _ value: MeasuredValue
  ) -> Record {
    Record(
      dataset: "data", network: NetworkIdentity(named: condition, seed: seed), measure: measure,
      perturbation: perturbation, severity: severity, value: value)
  }

  /// Two conditions of two seeds under everything.
  private static let records = ["control", "ws"].enumerated().flatMap { place, condition in
    [UInt64(0), 1].flatMap { seed -> [Record] in
      let base = 0.5 + 0.2 * Double(place) + 0.1 * Double(seed)
      func accuracy(_ perturbation: String, _ severity: Double, _ loss: Double) -> Record {
        record(
          condition, seed, MeasureName.accuracy, perturbation, severity, .value(base - loss))
      }
      func area(_ perturbation: String) -> Record {
        record(
          condition, seed, MeasureName.areaUnderAccuracy, perturbation, 1, .value(base - 0.3))
      }
      return [
        accuracy(Record.clean, 0, 0), accuracy("white", 0.1, 0.1), accuracy("white", 0.2, 0.3),
        area("white"), accuracy("corruption/fog", 1, 0.1), accuracy("corruption/fog", 5, 0.3),
        accuracy("corruption/snow", 1, 0.2), accuracy("adversarial/fgsm", 0, 0),
        accuracy("adversarial/fgsm", 2 / 255, 0.4), area("adversarial/fgsm"),
        area("weights/zeroing/topographic"), area("lesion/patch"),
        record(
          condition, seed, MeasureName.meanCorruptionError, "corruption", 5,
          seed == 1 ? .undefined("why") : .value(0.8)),
      ]
    }
  }

  @Test func everythingIsShown() {
    let text = SuiteTables(Self.records).text
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    for title in [
      "Clean images", "Noise", "Common corruptions", "Common corruptions, accuracy %",
      "Weights and lesions, area under accuracy", "Attack fgsm",
    ] { #expect(lines.contains(title), "\(title): \(text)") }
    #expect(!text.contains("MNIST-C"))
    func row(_ title: String, _ condition: String) -> String {
      let start = lines.firstIndex(of: title) ?? 0
      return lines[start...].first { $0.hasPrefix(condition) } ?? ""
    }
    #expect(row("Clean images", "control").contains("55.00 ± 7.07"))
    // The mean over levels, then the area.
    #expect(row("Noise", "ws").contains("55.0 ± 7.1  45.0 ± 7.1"))
    #expect(row("Common corruptions", "ws").hasSuffix("80.0*"))
    #expect(row("Common corruptions, accuracy %", "ws").hasSuffix("55.0  55.0"))
    #expect(row("Attack fgsm", "condition").contains("0.0078"))
    #expect(row("Weights and lesions, area under accuracy", "condition").hasSuffix("lesion/patch"))
    #expect(row("Weights and lesions, area under accuracy", "condition").contains(" zeroing "))
    #expect(text.contains("* Without networks for which the measure is undefined."))
  }

  /// What is wide is divided, with the conditions in every part.
  @Test func wideTablesAreDivided() {
    let corruptions = (0..<15).map { "corruption/number-\($0)-of-many" }
    let records = corruptions.flatMap { name in
      [0, 1].map { Self.record("control", $0, MeasureName.accuracy, name, 1, .value(0.5)) }
    }
    for width in [80, 100, 160] {
      let text = SuiteTables(records, width: width).text
      let lines = text.split(separator: "\n").map(String.init)
      #expect(lines.allSatisfy { $0.count <= width || !$0.contains("  ") }, "\(text)")
      #expect(lines.count { $0.hasPrefix("control") } > 1)
      for name in corruptions { #expect(text.contains(String(name.dropFirst(11)))) }
    }
    // A column that does not fit stands alone.
    let narrow = SuiteTables(records, width: 10).text
    #expect(narrow.split(separator: "\n").count { $0.hasPrefix("control") } == 15)
  }
}
