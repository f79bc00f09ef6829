import Foundation
import Testing
import TopoEvaluation
import TopoNetworks
import TopoPerturbations

@testable import TopoReports

/// Dead networks are counted in tables, and are no part of their means unless that is asked for.
@Suite("Dead networks in tables") struct DeadNetworkTableTests {
  private func records(
    _ condition: String, _ values: [(state: NetworkState, accuracy: Double)]
  ) -> [Record] {
    values.enumerated().flatMap { seed, value -> [Record] in
      let network = NetworkIdentity(named: condition, seed: UInt64(seed))
      func record(_ measure: String, _ perturbation: String, _ severity: Double) -> Record {
        Record(
          dataset: "d", network: network, state: value.state, measure: measure,
          perturbation: perturbation, severity: severity, value: .value(value.accuracy))
      }
      return [
        record(MeasureName.accuracy, Record.clean, 0), record(MeasureName.accuracy, "white", 0.1),
        record(MeasureName.accuracy, "weights/zeroing/topographic", 0),
        record(MeasureName.accuracy, "weights/zeroing/topographic", 0.5),
        record(MeasureName.areaUnderAccuracy, "weights/zeroing/topographic", 0.5),
      ]
    }
  }

  private var all: [Record] {
    records("control", [(.ok, 0.9), (.ok, 0.7)])
      + records(
        "as-euclidean-2",
        [(.silent, 0.1), (.ok, 0.6), (.atChance, 0.12), (.silent, 0.1), (.collapsed, 0.2)])
      + records("as-euclidean-3", [(.silent, 0.1)])
  }

  private func row(_ text: String, _ title: String, _ condition: String) -> [String] {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    let start = lines.firstIndex { $0 == title } ?? 0
    return lines[start...].first { $0.hasPrefix(condition) }?
      .split(separator: "  ").map { $0.trimmingCharacters(in: .whitespaces) } ?? []
  }

  @Test("means leave dead networks out") func meansLeaveThemOut() {
    let text = SuiteTables(all, width: 100).text
    #expect(row(text, "Clean images", "control") == ["control", "2", "80.00 ± 14.14"])
    #expect(
      row(text, "Clean images", "as-euclidean-2")
        == ["as-euclidean-2", "5 (2 silent, 1 collapsed, 1 at chance)", "60.00"])
    // Nothing is left of these.
    #expect(row(text, "Clean images", "as-euclidean-3") == ["as-euclidean-3", "1 (1 silent)"])
    #expect(row(text, "Noise, accuracy %", "as-euclidean-2").last == "60.0")
    let zeroing = text.split(separator: "\n").filter { $0.hasPrefix("zeroing") }
    #expect(zeroing.count == 3 && zeroing[0].contains("control"))
    #expect(zeroing[1].contains("5 (2 silent, 1 collapsed, 1 at chance)"))
    #expect(zeroing[1].hasSuffix("60.0"), "\(zeroing)")
    #expect(zeroing[2].trimmingCharacters(in: .whitespaces).hasSuffix("1 (1 silent)"))
    #expect(text.contains("Means leave out dead networks"))
    #expect(!text.contains("10.0"))
  }

  @Test("means include dead networks on request") func meansTakeThemInWhereAsked() {
    let text = SuiteTables(all, width: 100, includesDead: true).text
    #expect(
      row(text, "Clean images", "as-euclidean-2")
        == ["as-euclidean-2", "5 (2 silent, 1 collapsed, 1 at chance)", "22.40 ± 21.42"])
    #expect(row(text, "Clean images", "as-euclidean-3").last == "10.00")
    #expect(text.contains("Means include dead networks"))
  }

  /// Where nothing is left, every table still says of how many networks.
  @Test("a condition whose networks are all dead") func allAreDead() {
    let text = SuiteTables(records("as-euclidean-3", [(.silent, 0.1), (.silent, 0.2)])).text
    for title in ["Clean images", "Noise", "Weights and units"] {
      #expect(text.contains(title), "\(title)")
    }
    #expect(text.split(separator: "\n").count { $0.contains("2 (2 silent)") } >= 3, "\(text)")
  }

  /// A file may say anything.
  @Test("impossible counts in files are no error") func countsThatAreNone() {
    let network = NetworkIdentity(named: "control", seed: 0)
    func record(_ measure: String, _ value: Double) -> Record {
      Record(
        dataset: "d", network: network, measure: measure, perturbation: "corruption", severity: 5,
        value: .value(value))
    }
    let text = SuiteTables([
      record(MeasureName.meanCorruptionError, 1), record(MeasureName.skippedCorruptions, 1e30),
    ]).text
    #expect(text.contains("up to 1e+30 corruptions"))
  }

  @Test("without dead networks nothing is said") func withoutThemNothingIsSaid() {
    let text = SuiteTables(records("control", [(.ok, 0.9), (.unknown, 0.7)]), width: 100).text
    #expect(!text.contains("dead"))
    #expect(row(text, "Clean images", "control") == ["control", "2", "80.00 ± 14.14"])
  }
}
