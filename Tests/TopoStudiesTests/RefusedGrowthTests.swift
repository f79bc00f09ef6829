import Foundation
import TestSupport
import Testing
import TopoCompute
import TopoFoundation
import TopoTraining

@testable import TopoStudies

/// What is refused leaves the folder as it was, so that the earlier plan still continues.
@Suite("Refused growth", .serialized) struct RefusedGrowthTests {
  private let temporary: TemporaryFolder
  private let device: any Device

  init() throws {
    temporary = try TemporaryFolder()
    device = try CPUDevice(threads: 2)
  }

  private func url(_ name: String) -> URL { temporary.url.appending(path: name) }

  private func study(_ changes: [(String, String)] = []) throws -> StudyRun {
    let text = changes.reduce(SmallStudy.yaml) { $0.replacing($1.0, with: $1.1) }
    return try StudyRun(
      plan: try Plan(yaml: text, file: "plan.yaml"), source: Array(text.utf8),
      dataset: SmallStudy.dataset)
  }

  private func run(
    _ name: String, _ changes: [(String, String)] = [], resume: Bool = true,
    report: (StudyRun.Event) -> Void = { _ in }
  ) throws {
    _ = try study(changes).run(in: url(name), device: device, resume: resume, report: report)
  }

  /// Everything in a folder, hidden files and `provenance.json` included.
  private func everything(_ name: String) throws -> [String: Data?] {
    let names = try FileManager.default.subpathsOfDirectory(atPath: url(name).path)
    return Dictionary(
      uniqueKeysWithValues: names.map {
        ($0, FileManager.default.contents(atPath: url(name).appending(path: $0).path))
      })
  }

  private func expectRefused(
    _ name: String, _ changes: [(String, String)], _ part: String
  ) throws {
    let before = try everything(name)
    let said = message { try run(name, changes) }
    #expect(said.contains(part), "\(said)")
    #expect(try everything(name) == before, "\(part)")
  }

  private static let seeds = ("seeds: 0,4", "seeds: 0,4,7")
  private static let epochs = ("epochs: 3", "epochs: 5")

  @Test("refused growth changes nothing") func refusedGrowthChangesNothing() throws {
    try run("study", resume: false)
    let whole = try SmallStudy.files(url("study"))
    let another = "already holds results of another evaluation"
    for growth in [Self.seeds, Self.epochs] {
      try expectRefused("study", [growth, ("levels: [0.1]", "levels: [0.2]")], another)
      try expectRefused("study", [growth, ("draws: 2", "draws: 2\n  subset: 7")], another)
    }
    let marker = url("study/suite.json")
    let bytes = try Data(contentsOf: marker)
    try bytes.dropLast(20).write(to: marker)
    try expectRefused("study", [Self.seeds], "suite.json: ")
    try FileManager.default.removeItem(at: marker)
    try expectRefused("study", [Self.seeds], "there is no suite.json that says")
    try bytes.write(to: marker)
    for name in ["metrics.csv", "control/seed-0/model.safetensors"] {
      let file = url("study/\(name)")
      try FileManager.default.moveItem(at: file, to: url("kept"))
      try FileManager.default.createDirectory(at: file, withIntermediateDirectories: true)
      try expectRefused(
        "study", [Self.seeds], "\(file.path): is a folder, but the study has a file")
      try FileManager.default.removeItem(at: file)
      try FileManager.default.moveItem(at: url("kept"), to: file)
    }
    try run("study")
    #expect(try SmallStudy.files(url("study")) == whole)
  }

  @Test("a forgotten setting is named, with the command that continues") func forgotten() throws {
    try run("a study", resume: false)
    let folder = url("a study").path
    #expect(
      message { try run("a study", [("seeds: 0,4", "seeds: 4")]) }
        == "\(folder): the folder already holds another study (it has seeds 0,4, not 4, and a study "
        + "does not shrink), and --resume adds only conditions, seeds, epochs and snapshots of later "
        + "epochs; continue it unchanged: toposheet run '\(folder)/plan.yaml' --out '\(folder)' "
        + "--resume, or choose another with --out")
    try FileManager.default.removeItem(at: url("a study/plan.yaml"))
    #expect(
      message { try run("a study", [("seeds: 0,4", "seeds: 4")]) }.contains("; choose another"))
  }

  @Test("the command of a shard is that of the shard") func shardContinues() throws {
    try train(1)
    let folder = url("parts").path
    let shard = "\(folder)/shards/1-of-2"
    let said = message {
      _ = try study([("batch: 16", "batch: 8")]).run(
        Shard(1, of: 2), in: url("parts"), devices: [device], resume: true)
    }
    #expect(
      said.contains(
        "continue it unchanged: toposheet run \(shard)/plan.yaml --out \(folder) --shard 1/2 --resume,"
      ), "\(said)")
  }

  @Test("a folder in the place of a shard's model is named") func shardOfAFolder() throws {
    for number in 1...2 { try train(number) }
    let model = url("parts/shards/1-of-2/control/seed-0/model.safetensors")
    #expect(FileManager.default.fileExists(atPath: model.path))
    try FileManager.default.removeItem(at: model)
    try FileManager.default.createDirectory(at: model, withIntermediateDirectories: true)
    try expectRefused("parts", [], "\(model.path): is a folder, but the study has a file")
  }

  @Test("missing perturbations are named before other differences") func missing() throws {
    let noise = ("noise: white", "noise: [white, pink, salt-pepper]")
    try run("study", [noise], resume: false)
    try expectRefused(
      "study", [("levels: [0.1]", "levels: [0.2]")],
      "(it has pink and salt-pepper, which are not asked for, and results do not shrink)")
    // What is to be moved is everything that belongs to the results.
    try FileManager.default.createDirectory(
      at: url("study/analyses"), withIntermediateDirectories: true)
    try Data("tables".utf8).write(to: url("study/tables.txt"))
    try expectRefused(
      "study", [],
      "move suite.json, tasks, analyses, confusion.csv, metrics.csv, metrics.json and tables.txt to"
    )
  }

  @Test("networks after different epochs train in packs") func places() throws {
    try run("study", resume: false)
    var divided: [Int] = []
    try run("study", [Self.seeds, Self.epochs]) {
      if case .training(.divided(let packs, let largest, _, let places)) = $0 {
        divided = [packs, largest, places]
      }
    }
    #expect(divided == [2, 4, 2])
  }

  @Test("the remedy for a damaged progress.json is one that works") func damagedProgress() throws {
    try run("study", resume: false)
    let whole = try SmallStudy.files(url("study"))
    let file = url("study/progress.json")
    try Data("{".utf8).write(to: file)
    let said = message { _ = try StudyFolder.progress(in: url("study")) }
    #expect(said.contains("progress.json: cannot be understood"), "\(said)")
    #expect(said.hasSuffix("or remove it, and --resume trains all networks from the beginning"))
    #expect(message { try run("study") }.contains("or remove it, and --resume trains all networks"))
    try FileManager.default.removeItem(at: file)
    try run("study")
    #expect(try SmallStudy.files(url("study")) == whole)
  }

  // MARK: Shards

  private func train(_ number: Int, resume: Bool = false) throws {
    _ = try study().run(
      Shard(number, of: 2), in: url("parts"), devices: [device], resume: resume)
  }

  @Test("shards at work keep the folder to themselves") func shardsAtWork() throws {
    try run("whole", resume: false)
    try train(1)
    let lock = try FileLock(url("parts/shards/1-of-2/.lock"))
    try expectRefused("parts", [], "1-of-2: a process is at work on this shard; wait for it")
    #expect(!FileManager.default.fileExists(atPath: url("parts/study.json").path))
    lock.release()
    try train(1, resume: true)
    try train(2)
    // The last one cannot be written to.
    let blocked = url("parts/shards/2-of-2/.lock")
    try FileManager.default.createDirectory(at: blocked, withIntermediateDirectories: true)
    try expectRefused("parts", [], "2-of-2: cannot be written to")
    try FileManager.default.removeItem(at: blocked)
    // The bits of the last one differ.
    let marker = url("parts/shards/2-of-2/study.json")
    let bytes = try Data(contentsOf: marker)
    var description = try #require(
      try RunFolder<StudyFolder.Description>.read(url("parts/shards/2-of-2")))
    description.version = "0.0.1"
    try StudyJSON.encodeSealed(description).write(to: marker)
    try expectRefused("parts", [], "2-of-2: the shard was begun with version 0.0.1")
    try bytes.write(to: marker)
    // The record of the last one is damaged.
    let record = url("parts/shards/2-of-2/progress.json")
    let progress = try Data(contentsOf: record)
    try Data("{".utf8).write(to: record)
    try expectRefused("parts", [], "2-of-2/progress.json: ")
    try progress.write(to: record)
    try train(1, resume: true)
    try run("parts")
    #expect(try SmallStudy.files(url("parts")) == SmallStudy.files(url("whole")))
  }

  @Test("networks of a shard without study.json are not removed") func unknownNetworks() throws {
    try run("whole", resume: false)
    try train(1)
    let marker = url("parts/shards/1-of-2/study.json")
    let bytes = try Data(contentsOf: marker)
    try FileManager.default.removeItem(at: marker)
    try expectRefused("parts", [], "is in the folder of a shard without a study.json")
    try bytes.write(to: marker)
    // A shard that has not begun.
    try FileManager.default.createDirectory(
      at: url("parts/shards/2-of-2/control"), withIntermediateDirectories: true)
    try run("parts")
    #expect(try SmallStudy.files(url("parts")) == SmallStudy.files(url("whole")))
    #expect(!FileManager.default.fileExists(atPath: url("parts/shards").path))
  }
}
