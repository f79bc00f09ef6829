import Foundation
import Testing
import TopoStudies

/// `provenance.json` as commands leave it.
@Suite("provenance.json", .serialized) struct ProvenanceCommandTests {
  @Test("commands are recorded as they were given") func commandsAreRecorded() throws {
    let place = try Workplace()
    #expect(try Command.run(place.train("it's here")).status == 0)
    #expect(try Command.run(place.train("it's here", ["--resume"])).status == 0)
    let evaluate = [
      "evaluate", place.path("it's here"), "--data", place.data, "--device", "cpu", "--out",
      place.path("metrics"),
    ]
    #expect(try Command.run(evaluate).status == 0)
    let trained = Provenance(of: place.url("it's here")).processes
    #expect(trained.count == 2 && trained.allSatisfy { $0.work == "study" && $0.ended != nil })
    #expect(trained.first?.command.hasPrefix("toposheet train --data \(place.data) ") == true)
    #expect(trained.first?.command.contains("/it'\\''s here'") == true, "\(trained)")
    #expect(trained.last?.command.hasSuffix(" --resume") == true)
    #expect(trained.last?.plan?.count == 64)
    let evaluated = Provenance(of: place.url("metrics")).processes
    #expect(evaluated.map(\.work) == ["suite"] && evaluated.first?.plan == nil)
    // The report says how the results were made.
    #expect(
      try Command.run(["report", place.path("metrics"), "--out", place.path("report")]).status == 0)
    let page = try String(contentsOf: place.url("report/report.html"), encoding: .utf8)
    #expect(page.contains("toposheet evaluate ") && page.contains("Computed 2"))
  }
}
