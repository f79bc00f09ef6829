import Foundation
import Synchronization
import TestSupport
import Testing
import TopoCompute
import TopoTraining

@testable import TopoStudies

/// A request to stop that comes when it was asked for a number of times.
final class CountedRequest: Sendable {
  private let left: Atomic<Int>
  init(after count: Int) { left = Atomic(count) }
  var isMade: Bool { left.wrappingSubtract(1, ordering: .relaxed).newValue < 0 }
}

/// Studies that are asked to stop, and continue.
@Suite("Interruption of studies", .serialized) struct StudyInterruptionTests {
  let temporary: TemporaryFolder
  let device: any Device

  init() throws {
    temporary = try TemporaryFolder()
    device = try CPUDevice(threads: 2)
  }

  private func folder(_ name: String) -> URL { temporary.url.appending(path: name) }

  private func wanted() throws -> [String: Data] {
    let folder = folder("wanted")
    try SmallStudy.training().run(in: folder, device: device, resume: false)
    return try SmallStudy.files(folder)
  }

  private func expect(_ folder: URL, _ wanted: [String: Data], _ name: String) throws {
    let files = try SmallStudy.files(folder)
    #expect(files.keys.sorted() == wanted.keys.sorted(), "\(name)")
    for (file, bytes) in wanted { #expect(files[file] == bytes, "\(name): \(file)") }
  }

  /// Trains in a folder until it is asked to stop.
  /// - Returns: how far it was; nil if it was done before.
  private func train(
    _ folder: URL, _ run: TrainingRun, on devices: [any Device], until count: Int,
    report: (TrainingRun.Event) -> Void = { _ in }
  ) throws -> String? {
    var run = run
    let request = CountedRequest(after: count)
    run.isInterrupted = { request.isMade }
    do {
      try run.run(in: folder, devices: devices, resume: true, report: report)
      return nil
    } catch let interruption as StudyInterruption {
      return interruption.description
    }
  }

  /// Three steps and a validation an epoch; interrupted at any moment, again and again.
  @Test("interrupted studies resume to the same bytes", arguments: [1, 3, 4, 5, 6, 7])
  func interruptedStudiesResumeToTheSameBytes(_ count: Int) throws {
    let wanted = try wanted()
    let folder = folder("run")
    var (said, resumed): ([String], [[Int]]) = ([], [])
    while let place = try train(
      folder, SmallStudy.training(), on: [device], until: count,
      report: { if case .resumed(let epoch, let step, _) = $0 { resumed.append([epoch, step]) } })
    {
      said.append(place)
      // A process that asks before each step does not get on at all.
      if said.count > 20 { break }
    }
    if count == 1 {
      #expect(said.allSatisfy { $0 == "before the first step" })
      return
    }
    #expect(!said.isEmpty && said.count < 20)
    try expect(folder, wanted, "\(count)")
    if count == 3 { #expect(said.first == "in epoch 1 of 3 after step 2") }
    #expect(resumed.count == said.count)
  }

  /// Each time with room for another number of members, and on other numbers of devices.
  @Test("interrupted packs resume in other packs") func interruptedPacksResumeInOtherPacks() throws
  {
    let wanted = try wanted()
    let devices = [device, try CPUDevice(threads: 1)]
    for start in 0..<3 {
      let folder = folder("packs-\(start)")
      var (places, rounds) = (Set<String>(), 0)
      while let place = try train(
        folder, PackTests.training(roomFor: [4, 2, 1, 3][(start + rounds) % 4], on: device),
        on: Array(devices[..<(1 + (start + rounds) % 2)]), until: 6 + rounds % 5)
      {
        places.insert(place)
        rounds += 1
        try #require(rounds < 60)
      }
      #expect(places.count > 2, "\(places)")
      try expect(folder, wanted, "\(start)")
    }
  }

  @Test("the record says where an interrupted study is") func theRecordSaysWhereItIs() throws {
    let folder = folder("run")
    #expect(
      try train(folder, SmallStudy.training(), on: [device], until: 7)
        == "in epoch 2 of 3 after step 1")
    let record = try StudyFolder.progress(in: folder)
    #expect(record.epochs == [1, 1, 1, 1] && record.within?.map { $0?.step } == [1, 1, 1, 1])
    let names = try FileManager.default.contentsOfDirectory(
      atPath: folder.appending(path: "control/seed-0").path)
    #expect(
      names.sorted() == ["checkpoint-1-1.safetensors", "checkpoint-1.safetensors"], "\(names)")
  }

  /// What a crash may leave of the files within an epoch costs that epoch, and nothing else.
  @Test("damage within an epoch costs the epoch", arguments: ["cut", "removed", "all removed"])
  func damageWithinAnEpochCostsTheEpoch(_ damage: String) throws {
    let wanted = try wanted()
    for (count, epoch) in [(2, 0), (7, 1)] {
      let folder = folder("run-\(epoch)")
      _ = try train(folder, SmallStudy.training(), on: [device], until: count)
      let name = "checkpoint-\(epoch)-1.safetensors"
      let file = folder.appending(path: "ws-euclidean-0.5/seed-4/\(name)")
      switch damage {
      case "cut": try Data(contentsOf: file).dropLast(40).write(to: file)
      case "removed": try FileManager.default.removeItem(at: file)
      default:
        for member in try SmallStudy.training().members {
          try FileManager.default.removeItem(at: folder.appending(path: "\(member.path)/\(name)"))
        }
      }
      var (repaired, resumed): ([String], Set<[Int]>) = ([], [])
      try SmallStudy.training().run(in: folder, device: device, resume: true) {
        if case .repaired(let sentence) = $0 { repaired.append(sentence) }
        if case .resumed(let epoch, let step, _) = $0 { resumed.insert([epoch, step]) }
      }
      #expect(repaired.count == (damage == "all removed" ? 4 : 1), "\(repaired)")
      let what = epoch == 0 ? "trains from the beginning" : "repeats epoch 2"
      #expect(repaired.allSatisfy { $0.hasSuffix("\(what), to the same bits") }, "\(repaired)")
      #expect(
        resumed
          == Set((damage == "all removed" ? [] : [[epoch, 1]]) + (epoch == 0 ? [] : [[epoch, 0]])))
      try expect(folder, wanted, "\(damage) \(epoch)")
    }
  }

  /// A request that comes when everything is trained changes nothing.
  @Test("a late request changes nothing") func aLateRequestChangesNothing() throws {
    let folder = folder("run")
    try SmallStudy.training().run(in: folder, device: device, resume: false)
    var run = try SmallStudy.training()
    run.isInterrupted = { true }
    let progress = try run.run(in: folder, device: device, resume: true)
    #expect(progress.finished)
  }
}
