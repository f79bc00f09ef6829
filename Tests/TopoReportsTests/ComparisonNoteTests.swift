import Testing
import TopoEvaluation

@testable import TopoReports

/// What the table of `compare` says below its rows.
@Suite("Notes of comparisons") struct ComparisonNoteTests {
  private func text(_ leavesOut: (String, UInt64, Double) -> Bool) throws -> String {
    let records = [0.1, 0.2].flatMap { severity in
      StudyFixtures.records(
        "accuracy", ["control", "ws-euclidean-1"], seeds: 3, perturbation: "white",
        severity: severity
      ) { _, seed in StudyFixtures.noise(seed) }
      .filter { !leavesOut($0.condition, $0.network.seed, severity) }
    }
    let values = try NetworkValues(records, measures: ["accuracy"])
    let pairs = try ConditionPair.against("control", values)
    return ComparisonTable(ConditionComparison.all(values, pairs: pairs)).text(width: 200)
  }

  @Test("severities are left out only if two networks of a pair differ in them") func severities()
    throws
  {
    let sentence = "Severities that only one network of a pair was evaluated at are left out."
    #expect(try !text { _, _, _ in false }.contains(sentence))
    // A network without a partner is no pair.
    #expect(
      try !text { condition, seed, _ in condition == "control" && seed == 2 }.contains(sentence))
    #expect(
      try text { condition, seed, severity in
        condition == "control" && seed == 2 && severity == 0.2
      }.contains(sentence))
  }
}
