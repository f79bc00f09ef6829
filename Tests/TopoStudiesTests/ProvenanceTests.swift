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
}
