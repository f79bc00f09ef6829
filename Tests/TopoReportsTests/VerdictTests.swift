import Foundation
import TestSupport
import Testing
import TopoEvaluation

@testable import TopoReports

/// The rule that decides about claims.
@Suite("Verdicts") struct VerdictTests {
  /// The verdict about one claim for networks whose difference to control is `effect` plus a spread.
  private func row(
    _ direction: Claim.Direction, effect: Double, spread: Double = 0.01, seeds: Int = 10,
    smallest: Double = 0.05
  ) throws -> VerdictRow {
    let place = try TemporaryFolder()
    let records = StudyFixtures.records(
      "measure", ["control", "ws-euclidean-0.5", "ws-euclidean-1"], seeds: seeds
    ) { condition, seed in
      let noise = StudyFixtures.noise(seed)
      guard condition != "control" else { return 1 + noise }
      // Symmetric around the effect.
      let sign = seed.isMultiple(of: 2) ? 1.0 : -1
      return 1 + noise + effect + sign * spread * (1 + 0.1 * Double(seed))
    }
    let folder = try StudyFixtures.folder(records, in: place, "study")
    let claim = Claim(
      sentence: "claim", penalties: ["ws"],
      tests: [.init("test", "measure", direction, .absolute(smallest), needs: "nothing")])
    let rows = VerdictTable(try JoinedResults([folder]).studies, claims: [claim]).rows
    try #require(rows.count == 1)
    return rows[0]
  }

  @Test("each verdict follows from data made for it") func verdicts() throws {
    #expect(try row(.larger, effect: 0.2).verdict == .supported)
    #expect(try row(.larger, effect: -0.2).verdict == .opposite)
    #expect(try row(.larger, effect: 0).verdict == .notSupported)
    #expect(try row(.larger, effect: 0, spread: 0.3).verdict == .undecided)
    #expect(try row(.smaller, effect: -0.2).verdict == .supported)
    #expect(try row(.smaller, effect: 0.2).verdict == .opposite)
    #expect(try row(.smaller, effect: 0).verdict == .notSupported)
    #expect(try row(.other, effect: -0.2).verdict == .supported)
    #expect(try row(.other, effect: 0.2).verdict == .supported)
    #expect(try row(.other, effect: 0).verdict == .notSupported)
    #expect(try row(.notLarger, effect: -0.2).verdict == .supported)
    #expect(try row(.notLarger, effect: 0).verdict == .supported)
    #expect(try row(.notLarger, effect: 0.2).verdict == .opposite)
    #expect(try row(.notLarger, effect: 0, spread: 0.3).verdict == .undecided)
  }

  @Test("a difference of a seed is the mean over lambdas") func summary() throws {
    let one = try row(.larger, effect: 0.2)
    #expect(one.sample.count == 10 && one.lambdas.count == 2)
    #expect(abs((one.sample.mean.number ?? 0) - 0.2) < 0.01)
    #expect(one.lambdas.allSatisfy { $0.sample.count == 10 })
    // All signs agree: the smallest p of ten seeds, with one row to correct for.
    #expect(one.correctedP == 2.0 / 1024)
    #expect(one.control.map { abs($0 - 1.045) < 1e-9 } ?? false)
  }

  @Test("the file of verdicts has the summary of a row, then each lambda") func csv() throws {
    let place = try TemporaryFolder()
    let records = StudyFixtures.records(
      "morans-i-pre-relu", ["control", "ws-euclidean-0.5", "ws-euclidean-1"], seeds: 10
    ) { condition, seed in StudyFixtures.noise(seed) + (condition == "control" ? 0 : 0.5) }
    let folder = try StudyFixtures.folder(records, in: place, "study")
    let lines = VerdictTable(try JoinedResults([folder]).studies).csv
      .split(separator: "\r\n").map { $0.split(separator: ",", omittingEmptySubsequences: false) }
    #expect(lines[0].map(String.init) == VerdictTable.columns)
    #expect(lines.allSatisfy { $0.count == lines[0].count || $0.contains { $0.hasPrefix("\"") } })
    #expect(lines[1..<4].map { String($0[5]) } == ["", "0.5", "1"])
    #expect(lines[1..<4].map { String($0[15]) } == ["supported", "", ""])
    #expect(lines[1][0] == "mnist" && lines[1][2] == "ws-euclidean" && lines[1][13] == "10")
  }

  @Test("few seeds decide nothing, and a small effect is said to be small") func remarks() throws {
    let few = try row(.larger, effect: 0.2, seeds: 5)
    #expect(few.verdict == .undecided && few.remark.contains("5 seeds cannot reach"))
    let single = try row(.larger, effect: 0.2, seeds: 1)
    #expect(single.verdict == .undecided && single.remark.hasPrefix("one seed"))
    let small = try row(.larger, effect: 0.02, smallest: 0.05)
    #expect(small.verdict == .supported && small.remark.hasPrefix("smaller than"))
  }

  @Test("a verdict whose interval contains 0 says so") func interval() throws {
    let place = try TemporaryFolder()
    for sign in [1.0, -1] {
      let records = StudyFixtures.records(
        "measure", ["control", "ws-euclidean-1"], seeds: 10
      ) { condition, seed in
        condition == "control" ? 0 : sign * (seed == 3 ? 1 : 0.01)
      }
      let folder = try StudyFixtures.folder(records, in: place, "study\(sign)")
      let claim = Claim(
        sentence: "claim", penalties: ["ws"],
        tests: [.init("test", "measure", .larger, .absolute(0.05), needs: "nothing")])
      let row = VerdictTable(try JoinedResults([folder]).studies, claims: [claim]).rows[0]
      #expect(row.verdict == (sign > 0 ? .supported : .opposite))
      #expect(row.remark.contains("interval contains 0"), "\(row.remark)")
    }
    #expect(try !row(.larger, effect: 0.2).remark.contains("contains 0"))
  }

  @Test("claims about other data or without their measure are not measured") func missing() throws {
    let place = try TemporaryFolder()
    let folder = try StudyFixtures.folder(
      StudyFixtures.records("accuracy", ["control", "ws-euclidean-1"], seeds: 3) { _, _ in 0.9 },
      in: place, "study")
    let studies = try JoinedResults([folder]).studies
    let rows = VerdictTable(studies).rows
    #expect(rows.allSatisfy { $0.verdict == .notMeasured })
    #expect(rows.map(\.claim.sentence).count == rows.count && rows.count >= PaperClaims.all.count)
    let elsewhere = rows.first { $0.claim.dataset == "cifar10" }
    #expect(elsewhere?.remark == "no networks of cifar10 here")
    #expect(rows.first?.remark == "needs the analysis organization")
    #expect(
      rows.first { $0.claim.penalties == ["as"] && $0.claim.dataset == nil }?.remark
        == "no networks with AS")
  }

  @Test("p values are corrected over the rows of a claim, untransposed AS among them")
  func correction() throws {
    let place = try TemporaryFolder()
    let records = StudyFixtures.records(
      "correlation-dip-pre-relu",
      ["control", "as-correlation-1", "as-correlation-1-untransposed"], seeds: 10
    ) { condition, seed in
      StudyFixtures.noise(seed) * (condition == "control" ? 1 : 1.1)
        + (condition == "as-correlation-1" ? 0.5 : condition == "control" ? 0 : 0.2)
    }
    let folder = try StudyFixtures.folder(records, in: place, "study")
    let rows = VerdictTable(try JoinedResults([folder]).studies).rows.filter {
      $0.claim.sentence.contains("bimodal")
    }
    #expect(rows.map(\.family) == ["as-correlation", "as-correlation-untransposed"])
    #expect(rows.map(\.isUntransposed) == [false, true])
    #expect(rows.allSatisfy { $0.correctedP == 2 * 2.0 / 1024 && $0.verdict == .supported })
  }

  @Test("the change of accuracy is the mean over all types of noise") func degradation() throws {
    let place = try TemporaryFolder()
    let conditions = ["control", "ws-euclidean-1"]
    var records = StudyFixtures.records("accuracy", conditions, seeds: 8) { _, seed in
      0.9 + StudyFixtures.noise(seed)
    }
    for (noise, gain) in [("white", 0.1), ("pink", 0.3)] {
      records += StudyFixtures.records(
        "accuracy", conditions, seeds: 8, perturbation: noise, severity: 0.1
      ) { condition, seed in
        0.5 + StudyFixtures.noise(seed) + (condition == "control" ? 0 : gain)
      }
    }
    let folder = try StudyFixtures.folder(records, in: place, "study")
    let row = VerdictTable(try JoinedResults([folder]).studies).rows.first {
      $0.claim.dataset == "mnist"
    }
    #expect(row?.verdict == .supported)
    #expect(abs((row?.sample.mean.number ?? 0) - 0.2) < 1e-9)
  }

  @Test("a change of accuracy says if clean accuracy differs, too") func lowerAccuracy() throws {
    func remark(_ clean: Double) throws -> String? {
      let place = try TemporaryFolder()
      let conditions = ["control", "ws-euclidean-1"]
      let records =
        StudyFixtures.records("accuracy", conditions, seeds: 8) { condition, seed in
          0.9 + StudyFixtures.noise(seed) + (condition == "control" ? 0 : clean)
        }
        + StudyFixtures.records(
          "accuracy", conditions, seeds: 8, perturbation: "white", severity: 0.1
        ) { _, seed in 0.5 + StudyFixtures.noise(seed) }
      let folder = try StudyFixtures.folder(records, in: place, "study")
      return VerdictTable(try JoinedResults([folder]).studies).rows
        .first { $0.claim.dataset == "mnist" }?.remark
    }
    #expect(try remark(-0.2) == "clean accuracy is 20.0 points lower than in control")
    #expect(try remark(0.1) == "clean accuracy is 10.0 points higher than in control")
    #expect(try remark(-0.005) == "smaller than the smallest difference that matters")
  }

  @Test("dead networks and seeds without control are left out, and counted") func leftOut() throws {
    let place = try TemporaryFolder()
    var records = StudyFixtures.records(
      "morans-i-pre-relu", ["control", "ws-euclidean-1"], seeds: 9
    ) { condition, seed in StudyFixtures.noise(seed) + (condition == "control" ? 0 : 0.5) }
    records.removeAll { $0.condition == "control" && $0.network.seed == 8 }
    for index in records.indices
    where records[index].condition != "control" && records[index].network.seed == 7 {
      records[index].state = .silent
    }
    let folder = try StudyFixtures.folder(records, in: place, "study")
    let study = try JoinedResults([folder]).studies[0]
    #expect(study.dead.map(\.name) == ["ws-euclidean-1, seed 7"])
    let row = try #require(VerdictTable([study]).rows.first)
    #expect(row.sample.count == 7 && row.leftOut == 2)
    #expect(row.leftOutText == "1 with dead networks, 1 without a network or value")
  }
}
