import Foundation
import Synchronization
import TestSupport
import Testing
import TopoCompute
import TopoTraining

@testable import TopoStudies

/// Several devices of which some fail, or have less memory.
@Suite("Devices that fail", .serialized) struct DeviceFailureTests {
  let temporary: TemporaryFolder
  let device: any Device

  init() throws {
    temporary = try TemporaryFolder()
    device = try CPUDevice(threads: 1)
  }

  /// Something that happens once, and that threads can wait for.
  final class Moment: Sendable {
    private let semaphore = DispatchSemaphore(value: 0)
    func comes() { semaphore.signal() }
    func wait() {
      semaphore.wait()
      semaphore.signal()
    }
  }

  private func folder(_ name: String) -> URL { temporary.url.appending(path: name) }

  private func wanted(on device: (any Device)? = nil) throws -> [String: Data] {
    let folder = folder("wanted")
    try SmallStudy.training().run(in: folder, device: device ?? self.device, resume: false)
    return try SmallStudy.files(folder)
  }

  private func expect(_ folder: URL, _ wanted: [String: Data], _ name: String) throws {
    let files = try SmallStudy.files(folder)
    #expect(files.keys.sorted() == wanted.keys.sorted(), "\(name)")
    for (file, bytes) in wanted { #expect(files[file] == bytes, "\(name): \(file)") }
  }

  /// A device that fails at a run and at all later ones.
  /// - Parameters:
  ///   - failure: comes when it has failed.
  ///   - cause: is waited for before it fails.
  static func failing(
    _ device: any Device, after runs: Int, failure: Moment? = nil, cause: Moment? = nil,
    named name: String = "cpu"
  ) -> WrappedDevice {
    let count = Atomic(0)
    return WrappedDevice(device, change: { $0.identifier = name }) {
      guard count.wrappingAdd(1, ordering: .relaxed).newValue > runs else { return }
      cause?.wait()
      failure?.comes()
      throw DeviceError("\(name) is lost")
    }
  }

  /// A device that does not run before a moment.
  static func waiting(
    _ device: any Device, for moment: Moment, named name: String = "cpu"
  ) -> WrappedDevice {
    WrappedDevice(device, change: { $0.identifier = name }) { moment.wait() }
  }

  /// Runs of a device that trains the whole study alone.
  private func runs() throws -> Int {
    let count = Counter()
    let counting = WrappedDevice(device, beforeRun: { count.add() })
    try SmallStudy.training().run(in: folder("counted"), device: counting, resume: false)
    return count.value
  }

  final class Counter: Sendable {
    private let count = Atomic(0)
    func add() { count.wrappingAdd(1, ordering: .relaxed) }
    var value: Int { count.load(ordering: .relaxed) }
  }

  @Test("another device continues the pack of one that failed", arguments: [4, 1])
  func anotherDeviceContinues(_ room: Int) throws {
    let wanted = try wanted()
    let all = try runs()
    for part in 0..<6 {
      let failure = Moment()
      let devices = [
        Self.waiting(device, for: failure),
        Self.failing(
          try CPUDevice(threads: 1), after: all * part / 6, failure: failure, named: "second"),
      ]
      let folder = folder("failed-\(part)")
      var (failed, last): ([String], Set<String>) = ([], [])
      try PackTests.training(roomFor: room, on: device).run(
        in: folder, devices: devices, resume: false
      ) {
        if case .failed(let error, let pack, let isContinued) = $0 {
          failed.append("\(pack.device) \(error) \(isContinued)")
        }
        if case .epoch(3, _, _, let pack) = $0 { last.insert(pack.device) }
      }
      #expect(failed == ["second second is lost true"], "\(part)")
      #expect(last.contains("cpu"))
      try expect(folder, wanted, "\(part)")
    }
  }

  /// A device that has nothing to do is still there when another one fails.
  @Test("devices wait for the packs of others") func devicesWait() throws {
    let wanted = try wanted()
    let done = Moment()
    let devices = [
      device, Self.failing(try CPUDevice(threads: 1), after: 8, cause: done, named: "second"),
    ]
    let folder = folder("run")
    var (resumed, failed): ([PackPosition], [PackPosition]) = ([], [])
    try PackTests.training(roomFor: 4, on: device).run(in: folder, devices: devices, resume: false)
    {
      if case .epoch(3, _, _, _) = $0 { done.comes() }
      if case .resumed(_, _, let pack) = $0 { resumed.append(pack) }
      if case .failed(_, let pack, true) = $0 { failed.append(pack) }
    }
    try expect(folder, wanted, "run")
    #expect(failed.map(\.device) == ["second"])
    #expect(resumed.map(\.device) == ["cpu"] && resumed.map(\.number) == failed.map(\.number))
  }

  @Test("a run without a sound device fails, and continues to the same bytes")
  func allFail() throws {
    let wanted = try wanted()
    let folder = folder("run")
    for (round, runs) in [[9], [0, 0], [5, 14], [2, 0, 6]].enumerated() {
      let devices = try runs.enumerated().map {
        Self.failing(try CPUDevice(threads: 1), after: $1, named: "cpu:\($0)")
      }
      let run = try PackTests.training(roomFor: 2, on: device)
      do {
        try run.run(in: folder, devices: devices, resume: round > 0)
        Issue.record("round \(round) ends")
      } catch let error as DeviceError {
        let said = error.description
        #expect(
          runs.count == 1
            ? said == "cpu:0 is lost"
            : said.hasPrefix("all \(runs.count) devices failed, cpu:")
              && said.contains("is lost)") && said.contains("--resume"), "\(said)")
      }
    }
    try SmallStudy.training().run(in: folder, device: device, resume: true)
    // Which names the first device of all.
    var files = try SmallStudy.files(folder)
    files["study.json"] = wanted["study.json"]
    #expect(files == wanted)
  }

  @Test("an interruption after a failure is an interruption") func interruptedAfterFailure() throws
  {
    let wanted = try wanted()
    let folder = folder("run")
    let failure = Moment()
    let devices = [
      Self.waiting(device, for: failure),
      Self.failing(try CPUDevice(threads: 1), after: 3, failure: failure, named: "second"),
    ]
    var run = try PackTests.training(roomFor: 1, on: device)
    let hasFailed = Atomic(false)
    run.isInterrupted = { hasFailed.load(ordering: .relaxed) }
    #expect(throws: StudyInterruption.self) {
      try run.run(in: folder, devices: devices, resume: false) {
        if case .failed(_, _, _) = $0 { hasFailed.store(true, ordering: .relaxed) }
      }
    }
    try SmallStudy.training().run(in: folder, device: device, resume: true)
    try expect(folder, wanted, "run")
  }

  // MARK: Memory

  /// A device with memory for some of the study's members.
  private func device(
    roomFor members: Int, named name: String, beforeRun: @escaping @Sendable () throws -> Void = {}
  ) throws -> WrappedDevice {
    let bytes =
      try members == 0 ? 1000 : PackTests.training(roomFor: members, on: device).memoryLimit
    return WrappedDevice(
      try CPUDevice(threads: 1),
      change: { ($0.identifier, $0.memory) = (name, 2 * (bytes ?? 0)) }, beforeRun: beforeRun)
  }

  @Test("packs have the size of a device's memory") func packsFitDevices() throws {
    let wanted = try wanted()
    for (rooms, sizes) in [([3, 1], [3, 1]), ([1, 3], [3, 1]), ([2, 1], [1, 1, 1, 1])] {
      let devices = try rooms.enumerated().map {
        try device(roomFor: $1, named: $0 == 0 ? "cpu" : "second")
      }
      let folder = folder("rooms-\(rooms[0])-\(rooms[1])")
      var seen: [PackPosition] = []
      try SmallStudy.training().run(in: folder, devices: devices, resume: false) {
        if case .epoch(3, _, _, let pack) = $0 { seen.append(pack) }
      }
      #expect(seen.map(\.members).sorted(by: >) == sizes, "\(rooms)")
      for pack in seen {
        #expect(pack.members <= rooms[pack.device == "cpu" ? 0 : 1], "\(rooms)")
      }
      var files = try SmallStudy.files(folder)
      files["study.json"] = wanted["study.json"]
      #expect(files == wanted, "\(rooms)")
    }
  }

  /// The pack of three comes back in three parts.
  @Test("a device with less memory continues a large pack in parts") func partsOfAPack() throws {
    let wanted = try wanted()
    for runs in [0, try runs() * 2 / 3] {
      let failure = Moment()
      let count = Atomic(0)
      let devices = [
        try device(roomFor: 1, named: "cpu") { failure.wait() },
        try device(roomFor: 3, named: "large") {
          guard count.wrappingAdd(1, ordering: .relaxed).newValue > runs else { return }
          failure.comes()
          throw DeviceError("no power")
        },
      ]
      let folder = folder("run-\(runs)")
      var (seen, failed): ([PackPosition], [PackPosition]) = ([], [])
      try SmallStudy.training().run(in: folder, devices: devices, resume: false) {
        if case .epoch(3, _, _, let pack) = $0 { seen.append(pack) }
        if case .failed(_, let pack, true) = $0 { failed.append(pack) }
      }
      #expect(failed.map(\.members) == [3] && failed.map(\.device) == ["large"])
      #expect(seen.map(\.members) == [1, 1, 1, 1] && seen.map(\.number).sorted() == [1, 2, 3, 4])
      #expect(seen.last?.count == 4)
      var files = try SmallStudy.files(folder)
      files["study.json"] = wanted["study.json"]
      #expect(files == wanted, "\(runs)")
    }
  }

  @Test("a device without room for one network is left out") func noRoom() throws {
    let devices = [
      try device(roomFor: 0, named: "cpu"), try device(roomFor: 4, named: "second"),
    ]
    var (sentences, used): ([String], Set<String>) = ([], [])
    try SmallStudy.training().run(in: folder("run"), devices: devices, resume: false) {
      if case .leftOut(let sentence) = $0 { sentences.append(sentence) }
      if case .epoch(_, _, _, let pack) = $0 { used.insert(pack.device) }
    }
    #expect(used == ["second"] && sentences.count == 1)
    #expect(
      sentences.first?.hasPrefix("cpu is left out: training one network of mnist ") == true,
      "\(sentences)")
    let none = try [device(roomFor: 0, named: "cpu"), device(roomFor: 0, named: "second")]
    #expect(throws: DeviceError.self) {
      try SmallStudy.training().run(in: folder("none"), devices: none, resume: false)
    }
    #expect(!FileManager.default.fileExists(atPath: folder("none").path))
  }

  // MARK: Studies

  @Test("another device continues the evaluation") func evaluation() throws {
    let study = try StudyRun(plan: SmallStudy.plan(), source: [], dataset: SmallStudy.dataset)
    _ = try study.run(in: folder("wanted"), device: device, resume: false)
    let isEvaluating = Atomic(false)
    let lost = WrappedDevice(
      try CPUDevice(threads: 1),
      beforeRun: {
        if isEvaluating.load(ordering: .relaxed) { throw DeviceError("no power") }
      })
    var failed: [String] = []
    let outcome = try study.run(in: folder("run"), devices: [lost, device], resume: false) {
      if case .evaluation(.progress(let progress), _) = $0, progress.done == 1 {
        isEvaluating.store(true, ordering: .relaxed)
      }
      if case .failed(let name, let error) = $0 { failed.append("\(name): \(error)") }
    }
    #expect(failed == ["cpu: no power"] && !outcome.records.isEmpty)
    #expect(try SmallStudy.files(folder("run")) == SmallStudy.files(folder("wanted")))
    // Alone, it ends the run, and another one resumes.
    isEvaluating.store(false, ordering: .relaxed)
    #expect(throws: DeviceError.self) {
      try study.run(in: folder("alone"), device: lost, resume: false) {
        if case .evaluation(.progress(let progress), _) = $0, progress.done == 1 {
          isEvaluating.store(true, ordering: .relaxed)
        }
      }
    }
    _ = try study.run(in: folder("alone"), device: device, resume: true)
    #expect(try SmallStudy.files(folder("alone")) == SmallStudy.files(folder("wanted")))
  }

  @Test(
    "half of a device continues the packs of the other half",
    .enabled(if: PackTests.parts != nil, "there is no OpenCL device that can be divided"))
  func halves() throws {
    let parts = try #require(PackTests.parts)
    let wanted = try wanted(on: try OpenCLDevice(index: 0))
    let failure = Moment()
    let devices = [
      Self.waiting(parts[0], for: failure, named: "opencl:0"),
      Self.failing(parts[1], after: try runs() / 2, failure: failure, named: "opencl:1"),
    ]
    let folder = folder("run")
    var isContinued: [Bool] = []
    try PackTests.training(roomFor: 1, on: parts[0]).run(
      in: folder, devices: devices, resume: false
    ) {
      if case .failed(_, _, let continues) = $0 { isContinued.append(continues) }
    }
    #expect(isContinued == [true])
    var files = try SmallStudy.files(folder)
    files["study.json"] = wanted["study.json"]
    #expect(files == wanted)
  }
}
