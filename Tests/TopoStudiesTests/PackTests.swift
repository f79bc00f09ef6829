import Foundation
import TestSupport
import Testing
import TopoCompute
import TopoData
import TopoTraining

@testable import TopoStudies

/// Populations that do not fit: packs one after the other, and on several devices.
@Suite("Training in packs", .serialized) struct PackTests {
  let temporary = try? TemporaryFolder()

  /// The four members of the small study with room for `members` of them on `device`.
  static func training(roomFor members: Int, on device: any Device) throws -> TrainingRun {
    var run = try SmallStudy.training()
    run.memoryLimit = try Trainer.memoryUse(
      configuration: run.configuration, members: Array(run.members.suffix(members)),
      training: run.training, probe: run.probe, normalization: run.normalization, device: device
    ).bytes
    return run
  }

  private func folder(_ name: String) throws -> URL {
    try #require(temporary).url.appending(path: name)
  }

  /// The files of the study in one pack.
  private func wanted(on device: any Device) throws -> [String: Data] {
    let folder = try folder("whole")
    try SmallStudy.training().run(in: folder, device: device, resume: false) {
      if case .divided = $0 { Issue.record("everything fits") }
    }
    return try SmallStudy.files(folder)
  }

  private func expect(
    _ folder: URL, _ wanted: [String: Data], but other: Set<String> = [],
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let files = try SmallStudy.files(folder)
    #expect(files.keys.sorted() == wanted.keys.sorted(), sourceLocation: sourceLocation)
    for (name, bytes) in wanted where !other.contains(name) {
      #expect(files[name] == bytes, "\(name)", sourceLocation: sourceLocation)
    }
  }

  @Test("packs leave the same files") func packsLeaveTheSameFiles() throws {
    let device = try CPUDevice(threads: 2)
    let wanted = try wanted(on: device)
    for (room, sizes) in [(3, [2, 2]), (1, [1, 1, 1, 1])] {
      let folder = try folder("room-\(room)")
      var (divided, seen): ([Int], [PackPosition]) = ([], [])
      try Self.training(roomFor: room, on: device).run(in: folder, device: device, resume: false) {
        if case .divided(let packs, let largest, _, 1) = $0 { divided = [packs, largest] }
        if case .epoch(let epoch, let reports, _, let pack) = $0 {
          #expect(reports.count == pack.members)
          if epoch == 3 { seen.append(pack) }
        }
      }
      #expect(divided == [sizes.count, sizes[0]])
      #expect(seen.map(\.members) == sizes)
      #expect(seen.map(\.number) == Array(1...sizes.count))
      #expect(seen.allSatisfy { $0.count == sizes.count && $0.device == "cpu" })
      try expect(folder, wanted)
    }
  }

  @Test("the record says how far training is") func theRecordSaysHowFarItIs() throws {
    let device = try CPUDevice(threads: 1)
    let folder = try folder("run")
    var (states, left): ([String], [Double]) = ([], [])
    try Self.training(roomFor: 2, on: device).run(in: folder, device: device, resume: false) {
      if case .progress(let progress, _) = $0 { left.append(progress.secondsLeft) }
      guard case .epoch = $0,
        let bytes = try? Data(contentsOf: folder.appending(path: "progress.json")),
        let progress = try? StudyJSON.decode(StudyProgress.self, bytes)
      else { return }
      states.append("\(progress.epochs) \(progress.state)")
      #expect(progress.finished == (states.count == 6))
    }
    #expect(
      states.first == "[1, 1, 0, 0] 0 of 4 networks are trained, 2 are in training, 2 are waiting")
    #expect(
      states.dropFirst(3).first
        == "[3, 3, 1, 1] 2 of 4 networks are trained, 2 are in training, 0 are waiting")
    #expect(states.last == "[3, 3, 3, 3] all 4 networks are trained")
    // Of all packs, not of one: the second pack's time is in it from the beginning.
    #expect(left.first.map { $0 > 0 } == true && left.last.map { abs($0) < 1e-6 } == true)
  }

  /// Killed in the first pack and in the second; resumed in the same packs, in other packs, in one.
  @Test("interrupted packs resume to the same bytes") func interruptedPacksGoOnToTheSameBytes()
    throws
  {
    let device = try CPUDevice(threads: 2)
    let wanted = try wanted(on: device)
    let run = try Self.training(roomFor: 2, on: device)
    let unbroken = try folder("unbroken")
    var copies: [String] = []
    try run.run(in: unbroken, device: device, resume: false) { event in
      let name: String
      switch event {
      case .epoch(let epoch, _, _, let pack): name = "pack-\(pack.number)-after-\(epoch)"
      case .progress(let progress, let pack) where progress.step == progress.steps:
        name = "pack-\(pack.number)-within-\(progress.epoch)"
      default: return
      }
      let copy = temporary?.url.appending(path: name)
      if let copy { try? FileManager.default.copyItem(at: unbroken, to: copy) }
      copies.append(name)
    }
    try expect(unbroken, wanted)
    #expect(copies.count == 12)
    for (index, name) in copies.dropLast().enumerated() {
      let folder = try folder(name)
      // The second time around with room for one, two, three or all.
      let room = [2, 1, 4, 3][index % 4]
      var resumed: Set<Int> = []
      try Self.training(roomFor: room, on: device).run(in: folder, device: device, resume: true) {
        if case .resumed(let epoch, _, _) = $0 { resumed.insert(epoch) }
      }
      let within = name.contains("within") ? 1 : 0
      let epoch = (Int(name.suffix(1)) ?? 0) - within
      #expect(resumed == (epoch % 3 == 0 ? [] : [epoch]), "\(name)")
      try expect(folder, wanted)
    }
  }

  @Test("several devices leave the same files") func severalDevicesLeaveTheSameFiles() throws {
    let devices = [try CPUDevice(threads: 1), try CPUDevice(threads: 1)]
    let wanted = try wanted(on: devices[0])
    for room in [4, 1] {
      let folder = try folder("devices-\(room)")
      var packs: Set<Int> = []
      try Self.training(roomFor: room, on: devices[0]).run(
        in: folder, devices: devices, resume: false
      ) {
        if case .epoch(3, _, _, let pack) = $0 { packs.insert(pack.number) }
      }
      #expect(packs == (room == 4 ? [1, 2] : [1, 2, 3, 4]))
      try expect(folder, wanted)
    }
  }

  static let parts: [any Device]? = try? DeviceList("opencl:0/2").open()

  @Test(
    "parts of a device leave the same files",
    .enabled(if: parts != nil, "there is no OpenCL device that can be divided"))
  func partsOfADeviceLeaveTheSameFiles() throws {
    let devices = try #require(Self.parts)
    #expect(devices.map(\.information.identifier) == ["opencl:0/2:0", "opencl:0/2:1"])
    let wanted = try wanted(on: try OpenCLDevice(index: 0))
    let folder = try folder("parts")
    var used: Set<String> = []
    try Self.training(roomFor: 1, on: devices[0]).run(in: folder, devices: devices, resume: false) {
      if case .epoch(_, _, _, let pack) = $0 { used.insert(pack.device) }
    }
    #expect(used == ["opencl:0/2:0", "opencl:0/2:1"])
    // Which names the device.
    try expect(folder, wanted, but: ["study.json"])
  }

  /// One pack cannot continue: the other device finishes all the others.
  @Test("a failure keeps the other packs' work") func aFailureKeepsWhatOthersDid() throws {
    let devices = [try CPUDevice(threads: 1), try CPUDevice(threads: 1)]
    let run = try Self.training(roomFor: 1, on: devices[0])
    let wanted = try wanted(on: devices[0])
    let (whole, copy) = (try folder("begun"), try folder("copy"))
    try run.run(in: whole, device: devices[0], resume: false) {
      if case .epoch(2, _, _, let pack) = $0, pack.number == 1 {
        try? FileManager.default.copyItem(at: whole, to: copy)
      }
    }
    let checkpoint = copy.appending(path: "control/seed-0/checkpoint-2.safetensors")
    let bytes = try Data(contentsOf: checkpoint)
    var failed: [PackPosition] = []
    let said = message {
      try run.run(in: copy, devices: devices, resume: true) {
        // After the check that all files are whole.
        if case .divided = $0 { try? bytes.prefix(bytes.count / 2).write(to: checkpoint) }
        if case .failed(let error, let pack, let isContinued) = $0 {
          #expect(error.contains("checkpoint-2.safetensors"))
          // The device is not to blame, and another one could not read the file either.
          #expect(!isContinued)
          failed.append(pack)
        }
      }
    }
    #expect(failed.map(\.members) == [1])
    #expect(said.contains("checkpoint-2.safetensors") && said.contains("--resume"), "\(said)")
    for name in wanted.keys where name.hasSuffix("model.safetensors") {
      let url = copy.appending(path: name)
      let isThere = FileManager.default.fileExists(atPath: url.path)
      #expect(isThere == (name != "control/seed-0/model.safetensors"), "\(name)")
    }
    try bytes.write(to: checkpoint)
    try run.run(in: copy, devices: devices, resume: true)
    try expect(copy, wanted)
  }

  /// Records that cannot be written stop every device.
  @Test("records that cannot be written end the run") func recordsThatCannotBeWrittenEndTheRun()
    throws
  {
    let devices = [try CPUDevice(threads: 1), try CPUDevice(threads: 1)]
    let folder = try folder("blocked")
    let blocked = folder.appending(path: "progress.json/in the way")
    let said = message {
      try SmallStudy.training().run(in: folder, devices: devices, resume: false) {
        guard case .progress = $0 else { return }
        try? FileManager.default.removeItem(at: folder.appending(path: "progress.json"))
        try? FileManager.default.createDirectory(at: blocked, withIntermediateDirectories: true)
      }
    }
    #expect(said.contains("progress.json") && said.contains("is a folder, but a file"), "\(said)")
  }

  @Test("a study that does not fit leaves no folder") func whatHasNoRoomLeavesNoFolder() throws {
    let device = try CPUDevice(threads: 1)
    let folder = try folder("run")
    var run = try SmallStudy.training()
    run.memoryLimit = 10_000
    let said = message { try run.run(in: folder, device: device, resume: false) }
    #expect(said.hasPrefix("training one network of mnist with batches of 16 takes "), "\(said)")
    #expect(said.contains("more than the 9.8 KiB that --memory-limit allows on cpu; "), "\(said)")
    #expect(!FileManager.default.fileExists(atPath: folder.path))
  }

  @Test("kinds of devices are not mixed", .enabled(if: parts != nil, "there is no OpenCL device"))
  func kindsAreNotMixed() throws {
    let devices: [any Device] = [try CPUDevice(threads: 1), try OpenCLDevice(index: 0)]
    let said = message {
      try SmallStudy.training().run(in: try folder("mixed"), devices: devices, resume: false)
    }
    #expect(said.contains("cpu (") && said.contains("their bits differ"), "\(said)")
    #expect(!FileManager.default.fileExists(atPath: try folder("mixed").path))
  }
}
