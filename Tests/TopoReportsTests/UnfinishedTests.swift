import Foundation
import TestSupport
import Testing
import TopoEvaluation
import TopoFoundation

@testable import TopoReports

/// Reports of folders whose work has not ended, and figures of sheets.
@Suite("Reports of unfinished folders") struct UnfinishedTests {
  private let place: TemporaryFolder

  init() throws { place = try TemporaryFolder() }

  private func sentence(_ name: String) -> String {
    message {
      _ = try Report(
        folders: [place.url.appending(path: name, directoryHint: .isDirectory)], output: place.url)
    }
  }

  private let suite =
    #"{"identity": {"tasks": ["a", "b"], "items": [], "data": {"split": "test", "count": 5, "#
    + #""checksum": 7}}}"#

  @Test("folders without results say what is missing") func refused() throws {
    for name in ["shards/shards", "study", "suite/tasks"] {
      try FileManager.default.createDirectory(
        at: place.url.appending(path: name), withIntermediateDirectories: true)
    }
    #expect(sentence("shards").contains("shards that are not put together"))
    try place.write(Array("{}".utf8), to: "study/study.json")
    #expect(sentence("study").contains("whose training has not ended"))
    try place.write(Array(suite.utf8), to: "suite/suite.json")
    try place.write([], to: "suite/tasks/1.csv")
    #expect(sentence("suite").contains("not ended (1 of 2 tasks)"), "\(sentence("suite"))")
  }

  @Test("an evaluation that is not done is noted") func noted() throws {
    let records = StudyFixtures.records("accuracy", ["control", "ws-euclidean-1"], seeds: 2) {
      _, seed in 0.8 + StudyFixtures.noise(seed)
    }
    let folder = try StudyFixtures.folder(records, in: place, "grown")
    try place.write(Array(suite.utf8), to: "grown/suite.json")
    let report = try Report(folders: [folder], output: place.url)
    #expect(report.notes.contains { $0.contains("has not ended (0 of 2 tasks)") })
    #expect(report.html.contains("The evaluation has not ended: 0 of 2 tasks are done."))
  }

  @Test("maps show the first seed that has the most conditions") func maps() throws {
    let records = StudyFixtures.records("accuracy", ["control", "ws-euclidean-1"], seeds: 3) {
      _, seed in 0.8 + StudyFixtures.noise(seed)
    }
    let folder = try StudyFixtures.folder(records, in: place, "study", images: 9)
    var lines = "dataset,architecture,sheet,condition,seed,epoch,unit,row,column,preferred-class\n"
    let setting = try #require(try JoinedResults([folder]).studies.first?.setting)
    for (condition, seeds) in [("control", [0, 1]), ("ws-euclidean-1", [1, 2])] {
      for seed in seeds {
        for unit in 0..<4 {
          let value = unit == 3 ? "" : condition == "control" ? "2" : "\(unit)"
          lines +=
            "mnist,\(setting.architecture),\(setting.sheet),\(condition),\(seed),"
            + "\(setting.epoch),\(unit),\(unit / 2),\(unit % 2),\(value)\n"
        }
      }
    }
    try place.write(Array(lines.utf8), to: "study/units.csv")
    let study = try #require(try JoinedResults([folder]).studies.first)
    let figure = try #require(FigureCatalog.figures(of: study).figures.first { $0.name == "maps" })
    #expect(figure.caption.contains("Seed 1.") && figure.caption.contains("9 test images"))
    #expect(figure.panels.map(\.title) == ["control", "ws-euclidean-1"])
    #expect(figure.legend.map(\.name) == ["class 0", "class 1", "class 2"])
    #expect(figure.csv.contains("\"control, preferred class\",row 1,column 0,,2.0,,,9 test images"))
    #expect(figure.csv.contains("row 1,column 1,,,,,"))
    let size = FigureDrawing.size(of: figure)
    #expect(size.x > 200 && figure.svg.contains("#e45756") && !figure.svg.contains("NaN"))
    // Rows of other epochs are not of this study.
    try place.write(
      Array(lines.replacing(",\(setting.epoch),", with: ",77,").utf8), to: "study/units.csv")
    let other = try #require(try JoinedResults([folder]).studies.first)
    #expect(!FigureCatalog.figures(of: other).figures.contains { $0.name == "maps" })
  }

  @Test("commands are repeated in another folder") func again() {
    func again(_ command: String) -> String? { Reproduction.elsewhere(command) }
    #expect(
      again("toposheet evaluate a --out b/c --noise white")
        == "toposheet evaluate a --out b/c-again --noise white")
    #expect(again("toposheet evaluate a --out='b c'") == "toposheet evaluate a --out='b c-again'")
    #expect(again("toposheet evaluate a --out b/") == "toposheet evaluate a --out b-again")
    #expect(
      again("toposheet evaluate a --out it\\'s") == "toposheet evaluate a --out 'it'\\''s-again'")
    #expect(again("toposheet evaluate a") == nil)
    #expect(
      Reproduction.elsewhere(
        "toposheet evaluate a 'b c' abc --out d --suite noise",
        copies: ["a": "a-again", "b c": "x"])
        == "toposheet evaluate a-again x abc --out d-again --suite noise")
    // Only the first command begins the folder, and those that only continue are no commands.
    let evaluate = "toposheet evaluate a --out b --suite "
    #expect(
      Reproduction.first([
        evaluate + "noise", evaluate + "noise --resume", evaluate + "noise,weights --resume",
      ]) == [evaluate + "noise", evaluate + "noise,weights --resume"])
  }

  @Test("a study that grew is repeated by its plan, and its own commands are listed") func grown()
    throws
  {
    let place = try TemporaryFolder()
    let folder = try StudyFixtures.folder(
      StudyFixtures.records("accuracy", ["control"], seeds: 2) { _, _ in 0.9 }, in: place, "c10")
    let commands = [
      "toposheet run mine.yaml --out c10",
      "toposheet run mine.yaml --out c10 --set seeds=0-1 --resume",
    ]
    let processes = commands.map { "{\"command\": \"\($0)\"}" }.joined(separator: ", ")
    try place.write(Array("name: mine\ndata: mnist\n".utf8), to: "c10/plan.yaml")
    func html() throws -> String { try Report(folders: [folder], output: folder).html }
    let copy = "\(folder.relativePath)-again"
    for isRecorded in [false, true] {
      if isRecorded {
        try place.write(Array("{\"processes\": [\(processes)]}".utf8), to: "c10/provenance.json")
      }
      let page = try html()
      #expect(page.contains("toposheet run plan.yaml --out \(copy)</pre>"))
      #expect(page.contains("toposheet report \(copy)</pre>"))
      #expect(page.contains("<summary>plan.yaml</summary>") && page.contains("TOPOSHEET_DATA"))
      #expect(page.contains(commands.joined(separator: "\n")) == isRecorded)
    }
    // Two plans have two names.
    let other = try StudyFixtures.folder(
      StudyFixtures.records("accuracy", ["control"], seeds: 2, dataset: "cifar10") { _, _ in 0.9 },
      in: place, "other")
    try place.write(Array("name: other\n".utf8), to: "other/plan.yaml")
    let both = try Report(folders: [folder, other], output: folder).html
    #expect(both.contains("toposheet run plan-2.yaml") && both.contains("<summary>plan-1.yaml<"))
    #expect(both.contains("<h1>Topographic networks on mnist and cifar10</h1>"))
  }

  @Test("seeds are ranges") func seeds() {
    #expect(SeedRanges.text([3, 0, 1, 7, 1]) == "0-1, 3, 7" && SeedRanges.text([]).isEmpty)
  }
}
