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
