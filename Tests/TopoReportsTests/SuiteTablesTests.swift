import Testing
import TopoEvaluation
import TopoFoundation
import TopoNetworks
import TopoPerturbations

@testable import TopoReports

/// The tables that a suite ends with.
@Suite("Tables of suites") struct SuiteTablesTests {
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

  @Test("everything is printed") func everythingIsShown() {
    let text = SuiteTables(Self.records).text
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    for title in [
      "Clean images", "Noise, accuracy %", "Common corruptions", "Common corruptions, accuracy %",
      "Noise white, accuracy %", "Weights and units", "Attack fgsm",
    ] { #expect(lines.contains(title), "\(title): \(text)") }
    #expect(!text.contains("MNIST-C"))
    func row(_ title: String, _ condition: String) -> String {
      let start = lines.firstIndex(of: title) ?? 0
      return lines[start...].first { $0.hasPrefix(condition) } ?? ""
    }
    #expect(row("Clean images", "control").contains("55.00 ± 7.07"))
    // The mean over levels, then the area.
    #expect(row("Noise, accuracy %", "ws").hasSuffix("  55.0 ± 7.1"))
    #expect(row("Common corruptions", "ws").hasSuffix("80.0*"))
    #expect(row("Common corruptions, accuracy %", "ws").hasSuffix("55.0  55.0"))
    #expect(row("Noise white, accuracy %", "condition").hasSuffix("seeds   0.1   0.2      AUDC %"))
    #expect(row("Noise white, accuracy %", "ws").hasSuffix("65.0  45.0  45.0 ± 7.1"))
    #expect(row("Attack fgsm", "condition").contains("2/255"))
    #expect(row("Weights and units", "perturbation").hasSuffix("AUDC %"))
    #expect(row("Weights and units", "zeroing").contains("control"))
    #expect(row("Weights and units", "lesion/patch").hasSuffix("25.0 ± 7.1"))
    #expect(text.contains("* Without networks for which the measure is undefined; -* if"))
  }

  /// The area under accuracy is there whether an evaluation recorded it or not.
  @Test("recorded areas change no table") func oneTableForOneThing() {
    let accuracies = Self.records.filter {
      $0.measure == MeasureName.accuracy && $0.perturbation != "corruption/fog"
    }
    let recorded =
      accuracies
      + DegradationCurve.areas(accuracies) { !$0.contains("/") || $0.hasPrefix("adversarial/") }
    #expect(recorded.count > accuracies.count)
    #expect(SuiteTables(accuracies).text == SuiteTables(recorded).text)
    #expect(SuiteTables(accuracies).text.contains("seeds   0.1   0.2      AUDC %"))
    // One level is its own mean.
    let one = SuiteTables(accuracies.filter { $0.severity != 0.2 }).text
    #expect(one.contains("white 0.1") && !one.contains("Noise white"))
  }

  /// Epsilons read as they were given, or as multiples of 1/255.
  @Test("epsilons are written as given") func epsilonsAreWrittenAsGiven() {
    let records = [4.0 / 255, 1.0 / 3, 0.3].map {
      Self.record("control", 0, MeasureName.accuracy, "adversarial/fgsm", $0, .value(0.5))
    }
    let given = SuiteTables(records, epsilons: [1.0 / 3: "1/3", 0.3: "3/10"]).text
    #expect(given.contains("4/255") && given.contains(" 1/3") && given.contains("3/10"))
    let found = SuiteTables(records).text
    #expect(found.contains("4/255") && found.contains(" 85/255") && found.contains(" 0.3 "))
  }

  /// One seed has no spread, and nothing is said of one; the best of several rows is marked.
  @Test("spread and best values") func spreadAndBest() {
    let one = Self.records.filter { $0.seed == 0 }
    #expect(!SuiteTables(one).text.contains("±"))
    let text = SuiteTables(one).text(colored: true)
    #expect(text.contains("\u{1B}[1;32m70.00\u{1B}[0m") && !text.contains("32m50.00"))
    // Among one condition there is no best one.
    let alone = one.filter { $0.condition == "control" }
    #expect(SuiteTables(alone).text(colored: true) == SuiteTables(alone).text)
    let undefined = [
      Self.record("control", 0, MeasureName.moransI, Record.clean, 0, .undefined("constant"))
    ]
    #expect(SuiteTables(undefined).text(colored: true).contains("\u{1B}[31m-*\u{1B}[0m"))
  }

  /// Notes are broken as tables are.
  @Test("lines fit the width", arguments: [40, 60, 80, 120]) func everythingFits(_ width: Int) {
    let text = SuiteTables(Self.records, width: width).text
    for line in text.split(separator: "\n") where line.count > width {
      // Where one column beside the condition is wider.
      #expect(
        width < 60 && line.hasPrefix("perturbation") || line.hasPrefix("-")
          || line.contains("AUDC") || line.hasPrefix("zeroing") || line.hasPrefix("lesion"),
        "\(line)")
    }
  }

  /// What is wide is divided, with the conditions in every part.
  @Test("wide tables are divided") func wideTablesAreDivided() {
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
