import Foundation
import Testing
import TopoEvaluation
import TopoFoundation
import TopoNetworks

@testable import TopoReports

@Suite("Table of perturbed weights") struct DegradationTableTests {
  private func table(_ values: [Double]) throws -> String {
    let records = values.enumerated().map { seed, value in
      Record(
        dataset: "data", network: NetworkIdentity(named: "control", seed: UInt64(seed)),
        measure: MeasureName.halfLevel, perturbation: "lesion/patch", severity: 0.8,
        value: .value(value))
    }
    return try #require(DegradationTable(records)).text.description
  }

  @Test("largest changes of probabilities are a column") func probabilityChanges() throws {
    func record(_ perturbation: String, _ severity: Double, _ draw: Int, _ value: Double) -> Record
    {
      Record(
        dataset: "data", network: NetworkIdentity(named: "control", seed: 0),
        measure: MeasureName.largestProbabilityChange, perturbation: perturbation,
        severity: severity, draw: draw, value: .value(value))
    }
    let records = [
      record("lesion/patch", 0, 0, 0), record("lesion/patch", 0.5, 0, 0.2),
      record("lesion/patch", 0.5, 1, 0.6),
    ]
    let text = try #require(DegradationTable(records)).text.description
    #expect(text.contains("largest p change") && text.contains("  0.400\n"), "\(text)")
    #expect(!text.contains("quantization"))
  }

  @Test("quantization is explained only beside it") func quantization() throws {
    func text(_ perturbation: String) throws -> String {
      let record = Record(
        dataset: "data", network: NetworkIdentity(named: "control", seed: 0),
        measure: MeasureName.halfLevel, perturbation: perturbation, severity: 0.8,
        value: .value(0.1))
      return try #require(DegradationTable([record])).text.description
    }
    #expect(try text("weights/quantization/dense").contains("of quantization, it is the step"))
    #expect(try !text("weights/zeroing/dense").contains("quantization"))
  }

  @Test("spreads are explained once") func spreadNote() {
    let records = (0..<2).flatMap { seed in
      [(MeasureName.accuracy, Record.clean), (MeasureName.halfLevel, "lesion/patch")].map {
        Record(
          dataset: "data", network: NetworkIdentity(named: "control", seed: UInt64(seed)),
          measure: $0.0, perturbation: $0.1, severity: 0, value: .value(0.5 + Double(seed) / 10))
      }
    }
    let text = SuiteTables(records).text
    #expect(text.components(separatedBy: SummaryTable.spreadNote).count == 2, "\(text)")
    #expect(text.contains("Weights and units"))
  }

  /// The mean of equal numbers differs from them by rounding.
  @Test(
    "spreads have the digits of means",
    arguments: [
      ([0.087, 0.087 + 2e-17, 0.087], "  0.087 ± 0.000\n"), ([0.4, 0.6], "  0.500 ± 0.141\n"),
      ([2e-5, 4e-5], "  3e-05 ± 1.4e-05\n"), ([2e-5, 2e-5 + 1e-20], "  2e-05 ± 0\n"),
    ])
  func spreads(_ values: [Double], _ cell: String) throws {
    let text = try table(values)
    #expect(text.contains(cell), "\(text)")
  }
}
