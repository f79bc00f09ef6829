import Foundation
import Testing

/// `--resume` where something is another: the processor, the evaluation, the files.
@Suite("--resume", .serialized) struct ResumeCommandTests {
  let place: Workplace

  init() throws { place = try Workplace() }

  private func json(_ name: String) throws -> [String: Any] {
    let json = try JSONSerialization.jsonObject(with: try Data(contentsOf: place.url(name)))
    return try #require(json as? [String: Any])
  }

  private func provenance(_ name: String) throws -> [String: String] {
    try #require(try json(name)["provenance"] as? [String: String])
  }

  /// Another instruction set than the one that the tests run with, as drivers call it.
  private static let (other, otherName): ([String: String], String) =
    ProcessInfo.processInfo.environment["DNNL_MAX_CPU_ISA"] == "SSE41"
    ? (["DNNL_MAX_CPU_ISA": "AVX2"], "AVX2") : (["DNNL_MAX_CPU_ISA": "SSE41"], "SSE4.1")

  private func plan(_ evaluation: String = "{noise: pink, levels: [0.1], draws: 1}") throws
    -> String
  {
    try Data(
      """
      name: tiny
      data: \(place.data)
      architecture: mnist
      conditions: [{penalty: control}]
      seeds: 0
      epochs: 2
      evaluation: \(evaluation)
      """.utf8
    ).write(to: place.url("plan.yaml"))
    return place.path("plan.yaml")
  }

  /// Everything that continues what it finds: training, studies, suites.
  @Test("another instruction set is refused or recorded")
  func anotherInstructionSetIsRefusedOrRecorded() throws {
    let train = place.train("run")
    let run = ["run", try plan(), "--device", "cpu", "--out", place.path("study")]
    let suite = [
      "evaluate", place.path("run"), "--data", place.data, "--device", "cpu", "--suite", "noise",
      "--draws", "1", "--out", place.path("suite"),
    ]
    for (arguments, what, marker) in [
      (train, "study", "run/study.json"), (run, "study", "study/study.json"),
      (suite, "suite", "suite/suite.json"),
    ] {
      #expect(try Command.run(arguments).status == 0)
      let driver = (try json(marker)["device"] as? [String: Any])?["driver"] as? String
      // Where a processor has no other one, there is nothing to tell apart.
      if driver?.hasSuffix(", \(Self.otherName)") == true { return }
      let before = try Data(contentsOf: place.url(marker))
      try expectRefused(
        arguments + ["--resume"],
        [
          "the \(what) was begun with ", "would differ with \(Self.otherName)", "--resume=anyway",
        ], environment: Self.other)
      #expect(try Data(contentsOf: place.url(marker)) == before)
      #expect(try json(marker)["resumedOn"] == nil)
      let result = try Command.run(arguments + ["--resume=anyway"], environment: Self.other)
      #expect(result.status == 0, "\(result.errors)")
      let others = try json(marker)["resumedOn"] as? [[String: Any]]
      #expect(others?.count == 1)
      #expect((others?.first?["driver"] as? String)?.hasSuffix(Self.otherName) == true)
    }
    for name in ["study", "suite"] {
      let devices = try provenance("\(name)/metrics.json")["devices"]
      #expect(devices.map { $0.hasSuffix(Self.otherName) && $0.contains("; ") } == true, "\(name)")
    }
  }

  /// A network that is trained again elsewhere says so itself.
  @Test("models name the other instruction set") func anotherInstructionSetIsInTheModel() throws {
    #expect(try Command.run(place.train("run")).status == 0)
    let model = place.url("run/ws-euclidean-0.5/seed-1/model.safetensors")
    let before = try Data(contentsOf: model)
    try FileManager.default.removeItem(at: model)
    let result = try Command.run(
      place.train("run", ["--resume=anyway"]), environment: Self.other)
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.errors.contains("seed-1/model.safetensors is missing: ws-euclidean-0.5/seed-1"))
    let text = String(decoding: try Data(contentsOf: model).prefix(4000), as: UTF8.self)
    let study = try json("run/study.json")
    #expect(text.contains("toposheet.devices") == (study["resumedOn"] != nil))
    #expect(!String(decoding: before.prefix(4000), as: UTF8.self).contains("toposheet.devices"))
  }

  @Test("spellings of --resume") func howItIsWritten() throws {
    #expect(try Command.run(place.train("run", ["--resume"])).status == 0)
    for (option, part) in [
      (["--resume", "anyway"], "--resume anyway must be one word: write --resume=anyway"),
      (["--resume=yes"], "--resume=yes is not known; write --resume, or --resume=anyway"),
      (["--resume="], "--resume= is not known"),
    ] { try expectRefused(place.train("run", option), [part]) }
    // Before an argument it is no value of it.
    let arguments = [
      "run", "--resume", try plan(), "--device", "cpu", "--out", place.path("study"),
    ]
    for resume in ["--resume", "--resume=anyway"] {
      let result = try Command.run(arguments.map { $0 == "--resume" ? resume : $0 })
      #expect(result.status == 0, "\(result.errors)")
    }
    let help = try Command.run(["run", "--help"]).output
    #expect(help.contains("--resume=anyway") && !help.contains("--resume-anyway"))
  }

  @Test("a missing model is trained again") func aMissingModelIsTrainedAgain() throws {
    #expect(try Command.run(place.train("run")).status == 0)
    let model = place.url("run/ws-euclidean-0.5/seed-1/model.safetensors")
    let bytes = try Data(contentsOf: model)
    try FileManager.default.removeItem(at: model)
    let result = try Command.run(place.train("run", ["--resume"]))
    #expect(result.status == 0, "\(result.errors)")
    #expect(
      result.errors.contains(
        "\(model.path) is missing: ws-euclidean-0.5/seed-1 trains again from the beginning"))
    #expect(try Data(contentsOf: model) == bytes)
  }

  @Test("results of another evaluation are kept") func resultsOfAnotherEvaluationAreKept() throws {
    let run = ["run", try plan(), "--device", "cpu", "--out", place.path("study")]
    #expect(try Command.run(run).status == 0)
    let names = ["metrics.csv", "metrics.json", "plan.yaml", "suite.json", "confusion.csv"]
    func files() throws -> [Data] {
      try names.map { try Data(contentsOf: place.url("study/\($0)")) }
    }
    let before = try files()
    _ = try plan("{noise: white, levels: [0.1], draws: 1}")
    try expectRefused(
      run + ["--resume"],
      [
        "results of another evaluation (it has pink, which is not asked for, and results do not ",
        "toposheet evaluate ",
      ])
    #expect(try files() == before)
    _ = try plan("{draws: 1, levels: 0.1, noise: [pink]} # as before")
    #expect(try Command.run(run + ["--resume"]).status == 0)
    #expect(try files() == before)
    // Others do not come in the place of those that were moved away.
    for name in names.prefix(2) {
      try FileManager.default.removeItem(at: place.url("study/\(name)"))
    }
    let evaluate = [
      "evaluate", place.path("study"), "--data", place.data, "--device", "cpu", "--noise", "white",
      "--levels", "0.2", "--draws", "1", "--out", place.path("study"),
    ]
    try expectRefused(evaluate, ["already holds another suite (it has pink, which"])
    #expect(try Command.run(run + ["--resume"]).status == 0)
    #expect(try files() == before)
  }

  /// Tables beside metrics are those of the metrics.
  @Test("tables of metrics are kept") func tablesOfMetricsAreKept() throws {
    #expect(try Command.run(place.train("run")).status == 0)
    func tables() throws -> String {
      try String(contentsOf: place.url("run/tables.txt"), encoding: .utf8)
    }
    let ofTraining = try tables()
    let evaluate = [
      "evaluate", place.path("run"), "--data", place.data, "--device", "cpu", "--out",
      place.path("run"),
    ]
    #expect(try Command.run(evaluate).status == 0)
    let ofMetrics = try tables()
    #expect(ofMetrics != ofTraining)
    let result = try Command.run(place.train("run", ["--resume"]))
    #expect(result.status == 0 && result.output.contains("validation %"), "\(result.errors)")
    #expect(try tables() == ofMetrics)
    for name in ["metrics.csv", "metrics.json", "tables.txt"] {
      try FileManager.default.removeItem(at: place.url("run/\(name)"))
    }
    #expect(try Command.run(place.train("run", ["--resume"])).status == 0)
    #expect(try tables() == ofTraining)
  }

  /// A study that another version began, and a suite, which has no way on.
  @Test("another version is refused or recorded") func anotherVersionIsRefusedOrRecorded() throws {
    #expect(try Command.run(place.train("run")).status == 0)
    let suite = [
      "evaluate", place.path("run"), "--data", place.data, "--device", "cpu", "--suite", "noise",
      "--draws", "1", "--out", place.path("suite"),
    ]
    #expect(try Command.run(suite).status == 0)
    let version = try #require(try json("run/study.json")["version"] as? String)
    for marker in ["run/study.json", "suite/suite.json"] {
      // Without the checksum that it begins with.
      let lines = try String(contentsOf: place.url(marker), encoding: .utf8)
        .components(separatedBy: "\n")
      let text = (lines[..<1] + lines[2...]).joined(separator: "\n")
        .replacingOccurrences(of: "\"version\" : \"\(version)\"", with: "\"version\" : \"0.0.9\"")
      try Data(text.utf8).write(to: place.url(marker))
    }
    try expectRefused(
      place.train("run", ["--resume"]),
      [
        "the study was begun with version 0.0.9, and its bits may differ with version \(version); "
          + "continue with version 0.0.9, or continue all the same with --resume=anyway, which is recorded"
      ])
    #expect(try Command.run(place.train("run", ["--resume=anyway"])).status == 0)
    let resumed = try json("run/study.json")
    #expect(resumed["version"] as? String == "0.0.9")
    let others = try #require(resumed["resumedOn"] as? [[String: Any]])
    #expect(others.map { $0["version"] as? String } == [version])
    try expectRefused(
      suite + ["--resume"],
      ["the suite was begun with version 0.0.9, and its bits may differ with version \(version)"])
    #expect(try Command.run(suite + ["--resume=anyway"]).status == 0)
    let other = try #require(try json("suite/suite.json")["resumedOn"] as? [[String: Any]])
    #expect(other.map { $0["version"] as? String } == [version])
  }
}
