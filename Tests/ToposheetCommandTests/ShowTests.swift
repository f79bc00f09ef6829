import Foundation
import Testing

/// `toposheet show`, and the tables that results keep.
@Suite("show", .serialized) struct ShowTests {
  /// What an option and a suite print of one thing is one table, also from its folder.
  @Test("one subject has one table") func oneTableForOneThing() throws {
    let place = try Workplace()
    let model = try place.model().path
    let common = ["evaluate", model, "--data", place.data, "--device", "cpu"]
    func tables(_ name: String, _ options: [String]) throws -> [String] {
      let result = try Command.run(common + options + ["--out", place.path(name)])
      try #require(result.status == 0, "\(result.errors)")
      let kept = try String(contentsOf: place.url("\(name)/tables.txt"), encoding: .utf8)
      let shown = try Command.run(["show", place.path(name)])
      #expect(shown.output == kept && shown.errors.isEmpty && result.output.hasPrefix(kept))
      // Of the last two conditions of the suite there are more clean measures: not that table.
      return kept.components(separatedBy: "\n\n").filter { !$0.hasPrefix("Clean") }
    }
    let attacks = try tables(
      "attack",
      [
        "--attack", "all", "--epsilons", "4/255,51/255,0.1,1/3", "--attack-images", "5",
      ])
    let suite = try tables(
      "attack-suite",
      [
        "--suite", "adversarial", "--epsilons", "4/255,51/255,0.1,1/3", "--attack-images", "5",
      ])
    #expect(attacks == suite && attacks.count == 4, "\(attacks)")
    for name in ["4/255", "51/255", " 0.1 ", "1/3"] {
      #expect(attacks[0].contains(name), "\(attacks)")
    }
    #expect(
      try tables("noise", ["--noise", "white,pink,salt-pepper", "--draws", "2"])
        == tables("noise-suite", ["--suite", "noise", "--draws", "2"]))
    #expect(
      try tables(
        "weights",
        [
          "--weights", "lesion/random,lesion/patch,lesion/selective", "--weight-draws", "2",
        ]
      ).last
        == tables("weights-suite", ["--suite", "lesions", "--weight-draws", "2"]).last)
  }

  @Test("training is shown") func trainingIsShown() throws {
    let place = try Workplace()
    let trained = try Command.run(place.train("trained"))
    let kept = try String(contentsOf: place.url("trained/tables.txt"), encoding: .utf8)
    #expect(trained.output.hasPrefix(kept) && kept.contains("ws-euclidean-0.5/seed-1"))
    let shown = try Command.run(["show", place.path("trained")])
    #expect(shown.status == 0 && shown.output == kept, "\(shown.output)\(shown.errors)")
  }

  @Test("folders without results are refused") func foldersThatAreOfNoUse() throws {
    let place = try Workplace()
    try FileManager.default.createDirectory(
      at: place.url("empty"), withIntermediateDirectories: true)
    try FileManager.default.createDirectory(
      at: place.url("begun"), withIntermediateDirectories: true)
    try Data("{}".utf8).write(to: place.url("begun/suite.json"))
    for (name, file, text) in [
      ("cut", "metrics.csv", "dataset,cond"), ("broken", "progress.json", "{"),
    ] {
      try FileManager.default.createDirectory(
        at: place.url(name), withIntermediateDirectories: true)
      try Data(text.utf8).write(to: place.url(name).appending(path: file))
    }
    for (folder, parts) in [
      (place.path("none"), ["does not exist", "--out"]), ("", ["is empty"]),
      (place.path("begun/suite.json"), ["is a file"]),
      (place.path("empty"), ["holds no metrics.csv", "--out"]),
      (place.path("begun"), ["no results yet", "--resume"]),
      (place.path("cut"), ["cut/metrics.csv", "header"]),
      (place.path("broken"), ["broken/progress.json", "cannot be understood"]),
    ] { try expectRefused(["show", folder], parts) }
  }
}
