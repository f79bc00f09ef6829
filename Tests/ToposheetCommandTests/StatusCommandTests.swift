import Foundation
import TestSupport
import Testing
import Toposheet

@testable import ToposheetCommand

/// `toposheet status`.
@Suite("status command") struct StatusCommandTests {
  @Test("a training, and an evaluation of it") func aTraining() throws {
    let place = try Workplace()
    let trained = try Command.run(place.train("trained"))
    try #require(trained.status == 0, "\(trained.errors)")
    let shown = try Command.run(["status", place.path("trained")])
    #expect(shown.status == 0 && shown.errors.isEmpty, "\(shown.errors)")
    for part in [
      "trained, not evaluated", "Training: 2 of 2 networks trained; 4 of 4 epochs done",
      "ws-euclidean-0.5   2/2", "toposheet evaluate \(place.path("trained"))",
    ] { #expect(shown.output.contains(part), "\(shown.output)") }
    let evaluated = try Command.run([
      "evaluate", place.path("trained"), "--data", place.data, "--device", "cpu", "--out",
      place.path("results"),
    ])
    try #require(evaluated.status == 0, "\(evaluated.errors)")
    let results = try Command.run(["status", place.path("results")])
    #expect(
      results.output.contains("Evaluation in \(place.path("results")): finished"),
      "\(results.output)")
    #expect(results.output.contains("1 of 1 tasks done"), "\(results.output)")
    let json = try Command.run(["status", place.path("results"), "--json"])
    #expect(json.output.contains("\"kind\" : \"evaluation\""), "\(json.output)")
  }

  @Test("a clock that was set back is no negative age") func clockSetBack() throws {
    let place = try Workplace()
    let trained = try Command.run(place.train("trained"))
    try #require(trained.status == 0, "\(trained.errors)")
    let status = try StudyStatus(of: place.url("trained"))
    func ending(_ seconds: Double) -> String {
      StatusReport(status, now: status.lastChange.addingTimeInterval(seconds)).ending
    }
    #expect(ending(90).contains("Last change of a record: 1 min 30 s ago."))
    #expect(ending(-1).contains("Last change of a record: 0 s ago."))
    let ahead = ending(-90)
    // An evaluation of fewer networks, or of fewer epochs.
    var grown = status
    grown.state = .training
    grown.networks?.trained = 1
    grown.evaluation = try JSONDecoder().decode(
      StudyStatus.Evaluation.self,
      from: Data(#"{"suite": "small", "tasks": {"done": 2, "all": 2}}"#.utf8))
    let heading = StatusReport(grown).heading
    #expect(
      heading.contains("Evaluation under small: done before the study grew"), "\(heading)")
    #expect(ahead.contains("Z, ahead of this machine's clock."), "\(ahead)")
  }

  @Test("folders that hold nothing are refused") func refused() throws {
    let place = try Workplace()
    try expectRefused(["status", place.path("none")], ["none", "does not exist"])
    try expectRefused(["status", place.temporary.url.path], ["holds no study"])
    try expectRefused(["status", ""], ["DIR", "is empty"])
  }
}
