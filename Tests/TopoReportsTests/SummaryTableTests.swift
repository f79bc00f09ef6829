import Testing
import TopoEvaluation
import TopoFoundation
import TopoReports
import TopoSheets

@Suite("Summary table") struct SummaryTableTests {
  private func record(
    _ penalty: Penalty, _ seed: UInt64, _ measure: String, _ value: MeasuredValue,
    noise: String = Record.clean, level: Double = 0, draw: Int = 0, dataset: String = "mnist"
  ) -> Record {
    Record(
      dataset: dataset, penalty: penalty, seed: seed, measure: measure, perturbation: noise,
      severity: level, draw: draw, value: value)
  }

  private var records: [Record] {
    let ws = Penalty.weightSimilarity(lambda: 1)
    return [
      record(.control, 0, "accuracy", .value(0.9)), record(.control, 1, "accuracy", .value(0.92)),
      record(.control, 0, "nll", .value(0.5)), record(.control, 1, "nll", .value(0.7)),
      record(.control, 0, "morans-i", .value(0.25)),
      record(.control, 1, "morans-i", .undefined("constant map")),
      // Seed 0: draws .8 and .6 at the low level, .5 at the high one; seed 1: .7 and .4.
      record(.control, 0, "accuracy", .value(0.8), noise: "white", level: 0.1, draw: 0),
      record(.control, 0, "accuracy", .value(0.6), noise: "white", level: 0.1, draw: 1),
      record(.control, 0, "accuracy", .value(0.5), noise: "white", level: 0.2, draw: 0),
      record(.control, 1, "accuracy", .value(0.7), noise: "white", level: 0.1, draw: 0),
      record(.control, 1, "accuracy", .value(0.3), noise: "white", level: 0.2, draw: 0),
      record(.control, 1, "nll", .value(9), noise: "white", level: 0.2, draw: 0),
      record(ws, 0, "accuracy", .value(0.88)),
    ]
  }

  @Test("has one row per condition, means over networks of means over draws") func perLevel() {
    #expect(
      SummaryTable(records, levels: .each).text.description == """
        condition       seeds    accuracy %            NLL  Moran's I   white 0.1    white 0.2
        --------------  -----  ------------  -------------  ---------  ----------  -----------
        control             2  91.00 ± 1.41  0.600 ± 0.141     0.250*  70.0 ± 0.0  40.0 ± 14.1
        ws-euclidean-1      1         88.00
        Mean ± standard deviation over seeds.
        Columns of perturbations: accuracy %, mean over draws.
        * Without networks for which the measure is undefined; -* if it is undefined for all.

        """)
  }

  @Test("averages levels on request") func meanOfLevels() {
    let text = SummaryTable(records).text.description
    // Seed 0: (.8 + .6 + .5) / 3 = .6333; seed 1: .5.
    #expect(text.contains("  56.7 ± 9.4\n"))
    #expect(text.contains("mean over draws and severities."))
  }

  @Test("tells data sets apart where there are several") func datasets() {
    let other = record(.control, 0, "accuracy", .value(0.5), dataset: "cifar10")
    let lines = SummaryTable(records + [other]).text.description.split(separator: "\n")
    #expect(lines[0].hasPrefix("data     condition"))
    #expect(lines[4].hasPrefix("cifar10  control             1         50.00"))
  }
}
