import Foundation
import TestSupport
import Testing
import TopoCompute
import TopoFoundation
import TopoTraining

@testable import TopoStudies

/// Which processes worked in a folder.
@Suite("Provenance", .serialized) struct ProvenanceTests {
  let temporary: TemporaryFolder
  let device: any Device

  init() throws {
    temporary = try TemporaryFolder()
    device = try CPUDevice(threads: 2)
  }

  private func folder(_ name: String) -> URL { temporary.url.appending(path: name) }

  private func study() throws -> StudyRun {
    try StudyRun(
      plan: SmallStudy.plan(), source: Array(SmallStudy.yaml.utf8), dataset: SmallStudy.dataset)
  }

  @Test("each process is recorded once") func eachProcessIsRecordedOnce() throws {
    let folder = folder("study")
    _ = try study().run(in: folder, device: device, resume: false)
    let first = try #require(Provenance(of: folder).processes.first)
    #expect(Provenance(of: folder).processes.count == 1)
    #expect(first.work == "study" && first.version == toposheetVersion)
    #expect(first.commit == toposheetCommit)
    #expect(first.device == device.information.name)
    #expect(first.driver == device.information.driverAndChoices && first.precision == "float32")
    #expect(first.plan == SHA256.hex(Array(SmallStudy.yaml.utf8)))
    let program = ProcessInfo.processInfo.arguments[0]
    #expect(first.command.hasPrefix(ShellWord.quoted(URL(filePath: program).lastPathComponent)))
    #expect(!first.command.contains(URL(filePath: program).deletingLastPathComponent().path))
    let began = try Date(first.began, strategy: Provenance.time)
    let ended = try Date(#require(first.ended), strategy: Provenance.time)
    #expect(began <= ended)
    _ = try study().run(in: folder, device: device, resume: true)
    let all = Provenance(of: folder).processes
    #expect(all.count == 2 && all[0] == first && all[1].ended != nil)
  }

  /// What is killed leaves no end; what fails does.
  @Test("a killed process has no end") func aKilledProcessHasNoEnd() throws {
    let folder = folder("study")
    #expect(throws: DeviceError.self) {
      _ = try study().run(in: folder, device: RunLimit(3).device(device), resume: false)
    }
    #expect(Provenance(of: folder).processes.map { $0.ended != nil } == [true])
    // As a process that is killed in between does.
    _ = try Provenance.begin("study", on: device.information, in: folder)
    _ = try study().run(in: folder, device: device, resume: true)
    #expect(Provenance(of: folder).processes.map { $0.ended != nil } == [true, false, true])
  }

  /// It is no result: a damaged file is begun anew.
  @Test("a damaged file does no harm") func aDamagedFileDoesNoHarm() throws {
    let folder = folder("study")
    let run = try SmallStudy.training()
    try run.run(in: folder, device: device, resume: false)
    try Data("{".utf8).write(to: folder.appending(path: Provenance.file))
    #expect(Provenance(of: folder).processes.isEmpty)
    try run.run(in: folder, device: device, resume: true)
    #expect(Provenance(of: folder).processes.count == 1)
    #expect(Provenance(of: self.folder("none")).processes.isEmpty)
  }

  @Test("a refused process leaves no record") func aRefusedProcessLeavesNoRecord() throws {
    let folder = folder("study")
    let run = try SmallStudy.training()
    try run.run(in: folder, device: device, resume: false)
    let before = try Data(contentsOf: folder.appending(path: Provenance.file))
    #expect(throws: UserError.self) {
      try run.run(in: folder, device: device, resume: false)
    }
    #expect(try Data(contentsOf: folder.appending(path: Provenance.file)) == before)
  }

  @Test("processes of shards are kept") func processesOfShardsAreKept() throws {
    let folder = folder("study")
    for number in 1...2 {
      _ = try study().run(
        Shard(number, of: 2), in: folder, devices: [device], resume: false)
    }
    _ = try study().run(in: folder, device: device, resume: true)
    let processes = Provenance(of: folder).processes
    #expect(processes.count == 3 && processes.allSatisfy { $0.ended != nil })
    #expect(processes.map(\.began) == processes.map(\.began).sorted())
  }

  /// A process that is killed in its first epoch has recorded it.
  @Test("the plan is recorded before training") func thePlanIsRecordedBeforeTraining() throws {
    let folder = folder("study")
    func plans(_ change: (String) -> String, resume: Bool) throws -> [String?] {
      var seen: [String?] = []
      let study = try StudyRun(
        plan: SmallStudy.plan(change), source: Array(change(SmallStudy.yaml).utf8),
        dataset: SmallStudy.dataset)
      _ = try study.run(in: folder, device: device, resume: resume) { event in
        if case .training(.started) = event { seen = Provenance(of: folder).processes.map(\.plan) }
      }
      #expect(Provenance(of: folder).processes.map(\.plan) == seen)
      return seen
    }
    let first = SHA256.hex(Array(SmallStudy.yaml.utf8))
    #expect(try plans({ $0 }, resume: false) == [first])
    // That of a larger study is another one.
    let more = { (text: String) in text.replacing("seeds: 0,4", with: "seeds: 0,4,5") }
    #expect(
      try plans(more, resume: true) == [first, SHA256.hex(Array(more(SmallStudy.yaml).utf8))])
  }

  @Test("the plan of a killed shard is kept") func thePlanOfAKilledShardIsKept() throws {
    let folder = folder("study")
    let study = try study()
    var copy: Data?
    let shard = try Shard(1, of: 2)
    let record = study.folder(of: shard, in: folder).appending(path: Provenance.file)
    _ = try study.run(shard, in: folder, devices: [device], resume: false) { event in
      if case .started = event { copy = try? Data(contentsOf: record) }
    }
    // As it is if the process is killed now.
    try #require(copy).write(to: record)
    _ = try study.run(in: folder, device: device, resume: true)
    let processes = Provenance(of: folder).processes
    #expect(processes.map { $0.ended != nil } == [false, true])
    let plan = SHA256.hex(Array(SmallStudy.yaml.utf8))
    #expect(processes.map(\.plan) == [plan, plan])
  }

  @Test("a clock that is set back makes no negative duration") func clockSetBack() throws {
    let folder = folder("clock")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    // The process ends on the present day.
    let future = Date(timeIntervalSinceNow: 1e8)
    let session = try Provenance.begin(
      "study", on: device.information, in: folder, now: future)
    Provenance.end(session, in: folder)
    let process = try #require(Provenance(of: folder).processes.first)
    let times = try [process.began, #require(process.ended)].map {
      try Date($0, strategy: Provenance.time)
    }
    #expect(abs(times[0].timeIntervalSince(future)) < 1)
    #expect(times[1] >= times[0] && times[1].timeIntervalSince(times[0]) < 3600)
  }

  @Test("processes of a folder keep their order if the clock is set back")
  func orderOfASetClock() throws {
    let folders = try ["whole", "shard"].map { name in
      let url = folder(name)
      try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
      return url
    }
    func add(_ time: Double, _ what: String, to folder: URL) throws {
      _ = try Provenance.begin(
        what, on: device.information, in: folder, now: Date(timeIntervalSince1970: time))
    }
    for (time, what) in [(2e9, "a"), (1e9, "b"), (3e9, "c")] {
      try add(time, what, to: folders[1])
    }
    for (time, what) in [(1.5e9, "d"), (2.5e9, "e")] { try add(time, what, to: folders[0]) }
    try Provenance.add(folders[1], to: folders[0])
    #expect(Provenance(of: folders[0]).processes.map(\.work) == ["d", "a", "b", "e", "c"])
    // Again, as after an interruption.
    try Provenance.add(folders[1], to: folders[0])
    #expect(Provenance(of: folders[0]).processes.count == 5)
  }
}
