import Foundation
import Synchronization
import TestSupport
import Testing
import TopoCompute
import TopoFoundation
import TopoSheets
import TopoTraining

@testable import TopoStudies

@Suite("shards") struct ShardTests {
  private let temporary: TemporaryFolder
  private let device: any Device
  private func url(_ name: String) -> URL { temporary.url.appending(path: name) }

  init() throws {
    temporary = try TemporaryFolder()
    device = try CPUDevice(threads: 2)
  }

  private func study(_ changes: [(String, String)] = []) throws -> StudyRun {
    let text = changes.reduce(SmallStudy.yaml) { $0.replacing($1.0, with: $1.1) }
    return try StudyRun(
      plan: try Plan(yaml: text, file: "plan.yaml"), source: Array(text.utf8),
      dataset: SmallStudy.dataset)
  }

  private func train(
    _ shards: ClosedRange<Int>, of count: Int, in url: URL, _ changes: [(String, String)] = []
  ) throws {
    for number in shards {
      let shard = try Shard(number, of: count)
      guard try !study(changes).members(of: shard, in: url).isEmpty else { continue }
      _ = try study(changes).run(shard, in: url, devices: [device], resume: false)
    }
  }

  @Test("the results are those of one run, to the byte", arguments: [1, 3, 7])
  func sameBytes(_ count: Int) throws {
    _ = try study().run(in: url("whole"), device: device, resume: false)
    try train(1...count, of: count, in: url("parts"))
    let summed = try StudyStatus(of: url("parts"))
    #expect(summed.networks == .init(all: 4, trained: 4, training: 0, waiting: 0, stopped: 0))
    #expect(summed.state == .trained && summed.name == "made-up study")
    var (gathered, repaired, epochs) = (0, 0, 0)
    let outcome = try study().run(in: url("parts"), device: device, resume: true) {
      switch $0 {
      case .training(.gathered): gathered += 1
      case .training(.repaired): repaired += 1
      case .training(.epoch): epochs += 1
      default: break
      }
    }
    #expect(gathered == min(count, 4) && !outcome.records.isEmpty)
    // Nothing was trained again.
    #expect(repaired == 0 && epochs == 0)
    #expect(try SmallStudy.files(url("parts")) == SmallStudy.files(url("whole")))
    #expect(!FileManager.default.fileExists(atPath: url("parts/shards").path))
    #expect(try StudyStatus(of: url("parts")).state == .finished)
  }

  @Test("what shards have not trained is trained") func missing() throws {
    _ = try study().run(in: url("whole"), device: device, resume: false)
    // The second shard stops after an epoch and a step, the third has not begun.
    try train(1...1, of: 3, in: url("parts"))
    let isEnough = Atomic(false)
    var second = try study()
    second.isInterrupted = { isEnough.load(ordering: .relaxed) }
    #expect(throws: StudyInterruption.self) {
      _ = try second.run(Shard(2, of: 3), in: url("parts"), devices: [device], resume: false) {
        if case .epoch = $0 { isEnough.store(true, ordering: .relaxed) }
      }
    }
    let status = try StudyStatus(of: url("parts"))
    #expect(status.networks == .init(all: 4, trained: 2, training: 1, waiting: 1, stopped: 0))
    var resumed: [Int] = []
    _ = try study().run(in: url("parts"), device: device, resume: true) {
      if case .training(.epoch(let epoch, _, _, _)) = $0 { resumed.append(epoch) }
    }
    // The pack of the second shard continues after its epoch.
    #expect(resumed.sorted() == [1, 2, 2, 3, 3])
    #expect(try SmallStudy.files(url("parts")) == SmallStudy.files(url("whole")))
  }

  @Test("a kill while shards are put together loses nothing") func killed() throws {
    _ = try study().run(in: url("whole"), device: device, resume: false)
    let whole = try SmallStudy.files(url("whole"))
    let files = FileManager.default
    // Before anything was recorded: some files are linked.
    try train(1...2, of: 2, in: url("a"))
    let path = try study().members(of: Shard(1, of: 2), in: url("a"))[0].path
    try files.createDirectory(
      at: url("a").appending(path: path), withIntermediateDirectories: true)
    try files.linkItem(
      at: url("a/shards/1-of-2").appending(path: path).appending(path: "model.safetensors"),
      to: url("a").appending(path: path).appending(path: "model.safetensors"))
    for name in ["study.json", "plan.yaml"] {
      try files.copyItem(at: url("whole").appending(path: name), to: url("a").appending(path: name))
    }
    _ = try study().run(in: url("a"), device: device, resume: true)
    #expect(try SmallStudy.files(url("a")) == whole)
    // After a shard was recorded and half removed.
    try train(1...2, of: 2, in: url("b"))
    try files.copyItem(at: url("b"), to: url("c"))
    _ = try study().run(in: url("b"), device: device, resume: true)
    for name in ["study.json", "progress.json", "plan.yaml", "training.csv"] {
      try? files.copyItem(at: url("b").appending(path: name), to: url("c").appending(path: name))
    }
    for member in try study().plan.members {
      try? files.copyItem(
        at: url("b").appending(path: member.path), to: url("c").appending(path: member.path))
    }
    try files.removeItem(at: url("c/shards/1-of-2/progress.json"))
    try? files.removeItem(at: url("c/shards/1-of-2").appending(path: path))
    _ = try study().run(in: url("c"), device: device, resume: true)
    #expect(try SmallStudy.files(url("c")) == whole)
  }

  private static let growth = [
    ("seeds: 0,4", "seeds: 3,4,0,9"), ("levels: [0.1]", "levels: [0.05, 0.1]"),
    ("draws: 2", "draws: 3"),
  ]

  /// Seeds, severities and draws at once: the bytes of the larger study from the start.
  @Test("shards add networks to a study", arguments: [1, 3]) func growing(_ count: Int) throws {
    let (changes, small) = (Self.growth, url("small"))
    _ = try study(changes).run(in: url("large"), device: device, resume: false)
    let wanted = try SmallStudy.files(url("large"))
    _ = try study().run(in: small, device: device, resume: false)
    var shares: [Member] = []
    for number in 1...count {
      shares += try study(changes).members(of: Shard(number, of: count), in: small)
    }
    #expect(shares.count == 4 && shares.allSatisfy { [3, 9].contains($0.seed) })
    try train(1...1, of: count, in: small, changes)
    let status = try StudyStatus(of: small)
    #expect(status.networks?.all == 8 && status.networks?.trained == (count == 1 ? 8 : 6))
    #expect(status.state == (count == 1 ? .trained : .interrupted))
    #expect(status.shards.count == count)
    if count > 1 { try train(2...count, of: count, in: small, changes) }
    #expect(try StudyStatus(of: small).state == .trained)
    // The smaller plan does not lose what the shards have.
    #expect(
      message { _ = try study().run(in: small, device: device, resume: true) }
        .contains("which the plan does not have"))
    var (epochs, done) = (0, 0)
    _ = try study(changes).run(in: small, device: device, resume: true) {
      if case .training(.epoch) = $0 { epochs += 1 }
      if case .evaluation(.resumed(let tasks, _), _) = $0 { done = tasks }
    }
    #expect(epochs == 0 && done == 0)
    #expect(try SmallStudy.files(small) == wanted)
    #expect(try StudyStatus(of: small).state == .finished)
    #expect(
      message { try train(1...1, of: count, in: small, changes) }
        .contains("the folder holds all networks of the plan already"))
    #expect(
      message {
        try train(
          1...1, of: count, in: small, changes + [("batch: 16", "batch: 8"), ("0,9", "0,8")])
      }
      .contains("already holds another study"))
  }

  @Test("shards of a smaller plan are put together with a larger one") func largerPlan() throws {
    // Dealt otherwise than without the seed that comes first.
    let changes = [("seeds: 0,4", "seeds: 7,0,4")] + Self.growth.dropFirst()
    _ = try study(changes).run(in: url("large"), device: device, resume: false)
    try train(1...2, of: 2, in: url("parts"))
    let said = message {
      for number in 1...2 {
        _ = try study(changes).run(
          Shard(number, of: 2), in: url("parts"), devices: [device], resume: true)
      }
    }
    #expect(said.contains("was begun with a smaller plan and has "), "\(said)")
    _ = try study(changes).run(in: url("parts"), device: device, resume: true)
    #expect(try SmallStudy.files(url("parts")) == SmallStudy.files(url("large")))
  }

  @Test("networks of one cost are spread evenly") func dealing() throws {
    let conditions: [Penalty] = [
      .control, .weightSimilarity(lambda: 1), .weightSimilarity(lambda: 2),
      .activationSimilarity(lambda: 1),
    ]
    // Seed by seed: dealt in this order, two shards would have conditions of their own.
    let members = (0..<UInt64(5)).flatMap { seed in
      conditions.map { Member(condition: $0, seed: seed) }
    }
    for count in [1, 2, 3, 7, 20, 30] {
      let shares = try (1...count).map { try Shard($0, of: count).share(of: members) }
      // Each network once, in the order of the study.
      #expect(shares.flatMap { $0 }.count == 20 && Set(shares.flatMap { $0 }) == Set(members))
      for share in shares {
        let places = share.compactMap { members.firstIndex(of: $0) }
        #expect(places == places.sorted())
      }
      for group in [[conditions[0]], [conditions[1], conditions[2]], [conditions[3]]] {
        let counts = shares.map { $0.count { group.contains($0.condition) } }
        #expect((counts.max() ?? 0) - (counts.min() ?? 0) <= 1, "\(count): \(counts)")
      }
    }
  }

  @Test("shards are named by number, or by the environment") func names() throws {
    #expect(try Shard("2/3") == Shard(2, of: 3))
    for text in ["0/3", "4/3", "1/0", "a/3", "3", "1/2/3", "-1/3", "/", "1/1000000000"] {
      #expect(throws: UserError.self, "\(text)") { try Shard(text) }
    }
    func shard(_ environment: [String: String]) -> Shard? {
      try? Shard(arrayTaskOf: environment)
    }
    let slurm = [
      "SLURM_ARRAY_TASK_ID": "2", "SLURM_ARRAY_TASK_MIN": "0", "SLURM_ARRAY_TASK_MAX": "6",
      "SLURM_ARRAY_TASK_STEP": "2", "SLURM_ARRAY_TASK_COUNT": "4",
    ]
    #expect(try shard(slurm) == Shard(2, of: 4))
    // --array=0,2,5,6
    #expect(shard(slurm.merging(["SLURM_ARRAY_TASK_STEP": "1"]) { $1 }) == nil)
    #expect(
      try shard(["SGE_TASK_ID": "3", "SGE_TASK_FIRST": "1", "SGE_TASK_LAST": "4"])
        == Shard(3, of: 4))
    #expect(shard(["SGE_TASK_ID": "undefined"]) == nil)
    #expect(try shard(["LSB_JOBINDEX": "1", "LSB_JOBINDEX_END": "2"]) == Shard(1, of: 2))
    #expect(shard(["LSB_JOBINDEX": "0"]) == nil && shard([:]) == nil)
    #expect(shard(["SLURM_ARRAY_TASK_ID": "1"]) == nil)
  }

  @Test("what does not fit together is refused") func refused() throws {
    func sentence(_ body: () throws -> Void) -> String {
      do { try body() } catch { return "\(error)" }
      return "nothing"
    }
    try train(1...1, of: 2, in: url("parts"))
    // Another number of shards; again without resume; as one run without resume.
    #expect(
      sentence { try train(1...1, of: 3, in: url("parts")) }.contains("holds shards of 2, not 3"))
    #expect(sentence { try train(1...1, of: 2, in: url("parts")) }.contains("--resume"))
    #expect(
      sentence { _ = try study().run(in: url("parts"), device: device, resume: false) }
        .contains("--resume"))
    // Another plan.
    let other = try StudyRun(
      plan: SmallStudy.plan { $0.replacing("epochs: 3", with: "epochs: 2") }, source: [],
      dataset: SmallStudy.dataset)
    #expect(
      sentence { _ = try other.run(in: url("parts"), device: device, resume: true) }
        .contains("1-of-2: is a shard of another study (it has 3 epochs, not 2"))
    let fewer = try StudyRun(
      plan: SmallStudy.plan { $0.replacing("seeds: 0,4", with: "seeds: 7") }, source: [],
      dataset: SmallStudy.dataset)
    #expect(
      sentence { _ = try fewer.run(in: url("parts"), device: device, resume: true) }
        .contains("which the plan does not have"))
    // Nothing is left that would keep the right plan away.
    #expect(!FileManager.default.fileExists(atPath: url("parts/study.json").path))
    // A shard that is at work.
    let lock = try FileLock(url("parts/shards/1-of-2/.lock"))
    #expect(
      sentence { _ = try study().run(in: url("parts"), device: device, resume: true) }
        .contains("at work on this shard"))
    #expect(try StudyStatus(of: url("parts")).state == .training)
    lock.release()
    _ = try study().run(in: url("parts"), device: device, resume: true)
    // A study that was put together.
    #expect(
      sentence { try train(2...2, of: 2, in: url("parts")) }.contains("without --shard"))
  }
}
