import Foundation
import TestSupport
import Testing
import TopoCompute
import TopoTraining

@testable import TopoStudies

/// Studies whose device is lost in the middle, and that continue on another one.
@Suite("Lost devices", .serialized) struct LostDeviceTests {
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

  private func expect(_ folder: URL, _ wanted: [String: Data], _ name: String) throws {
    let files = try SmallStudy.files(folder)
    #expect(files.keys.sorted() == wanted.keys.sorted(), "\(name)")
    for (file, bytes) in wanted { #expect(files[file] == bytes, "\(name): \(file)") }
  }

  /// At moments that are spread over training and evaluation.
  @Test("a study whose device is lost resumes to the same bytes")
  func aStudyWhoseDeviceIsLostResumes() throws {
    let counting = RunLimit()
    _ = try study().run(in: folder("wanted"), device: counting.device(device), resume: false)
    let wanted = try SmallStudy.files(folder("wanted"))
    let moments = counting.runs / 2
    try #require(moments > 9)
    var (epochs, tasks) = (Set<Int>(), Set<Int>())
    for moment in 0..<moments {
      let runs = counting.runs * moment / moments
      let folder = folder("lost-\(moment)")
      do {
        _ = try study().run(
          in: folder, device: RunLimit(runs).device(device), resume: false)
        Issue.record("it does not fail after \(runs) of \(counting.runs)")
      } catch let error as DeviceError {
        #expect(error.description == RunLimit.error.description)
      }
      let progress = try? StudyFolder.progress(in: folder)
      epochs.insert(progress?.epoch ?? 0)
      if progress?.finished == true {
        tasks.insert((1...3).count { SuiteFolder.isWritten(task: $0, in: folder) })
      }
      // Nothing is left half done.
      #expect(try SmallStudy.files(folder).keys.allSatisfy { !$0.contains("partial") })
      _ = try study().run(in: folder, device: device, resume: true)
      try expect(folder, wanted, "after \(runs) runs")
    }
    #expect(epochs == [0, 1, 2, 3], "\(epochs)")
    #expect(!tasks.isEmpty)
  }

  /// A device that is lost again and again costs an epoch in flight each time.
  @Test("a device that is lost again and again costs epochs")
  func aDeviceThatIsLostAgainAndAgain() throws {
    let counting = RunLimit()
    let run = try SmallStudy.training()
    try run.run(in: folder("wanted"), device: counting.device(device), resume: false)
    let folder = folder("lost")
    // One epoch of three, and a part of the next one.
    let runs = counting.runs / 2
    var failures = 0
    while true {
      do {
        try run.run(in: folder, device: RunLimit(runs).device(device), resume: true)
        break
      } catch is DeviceError { failures += 1 }
      try #require(failures < 10)
    }
    #expect(failures > 0)
    try expect(folder, try SmallStudy.files(self.folder("wanted")), "again and again")
  }
}

extension SuiteFolder {
  /// Whether the records of a task exist, with numbers from 1.
  fileprivate static func isWritten(task: Int, in folder: URL) -> Bool {
    FileManager.default.fileExists(atPath: records(of: task - 1, in: folder).path)
  }
}
