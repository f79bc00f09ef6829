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
