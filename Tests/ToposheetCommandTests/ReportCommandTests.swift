import Foundation
import Testing

/// `toposheet report`.
@Suite("report", .serialized) struct ReportCommandTests {
  @Test("trained networks have a report, in their folder or another") func trained() throws {
    let place = try Workplace()
    let trained = try Command.run([
      "train", "--data", place.data, "--architecture", "mnist", "--penalty", "control,ws",
      "--lambda", "1",
      "--seeds", "0-1", "--epochs", "1", "--device", "cpu", "--out", place.path("trained"),
    ])
    try #require(trained.status == 0, "\(trained.errors)")
    let result = try Command.run(["report", place.path("trained"), "--out", place.path("a b")])
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output.contains("report.html") && result.errors.contains("note: "))
    let page = try String(contentsOf: place.url("a b/report.html"), encoding: .utf8)
    #expect(page.contains("--out &#39;") || page.contains("--out '"))
    #expect(try Command.run(["report", place.path("trained")]).status == 0)
    #expect(FileManager.default.fileExists(atPath: place.url("trained/report.html").path))
  }

  @Test("a folder without results is one sentence") func refused() throws {
    let place = try Workplace()
    let result = try Command.run(["report", place.path("nothing")])
    #expect(result.status != 0 && result.errors.contains("does not exist"), "\(result.errors)")
    #expect(result.errors.split(separator: "\n").count == 1)
  }
}
