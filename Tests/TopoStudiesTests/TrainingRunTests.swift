import Foundation
import TestSupport
import Testing
import TopoCompute
import TopoData
import TopoNetworks

@testable import TopoStudies

/// Training in a folder, with interruptions.
@Suite("Training runs", .serialized) struct TrainingRunTests {
  let temporary: TemporaryFolder
  let device: any Device

  init() throws {
    temporary = try TemporaryFolder()
    device = try CPUDevice(threads: 2)
  }

  @Test("a run leaves models and records") func aRunLeavesModelsAndRecords() throws {
    let folder = temporary.url.appending(path: "run")
    var epochs: [Int] = []
    let progress = try SmallStudy.training().run(in: folder, device: device, resume: false) {
      if case .epoch(let epoch, let reports, _, _) = $0 {
        epochs.append(epoch)
        #expect(reports.count == 4)
      }
    }
    #expect(epochs == [1, 2, 3])
    #expect(progress.finished && progress.epoch == 3 && progress.reports.count == 12)
    let names = try SmallStudy.files(folder).keys.sorted()
    #expect(
      names == [
        "control/seed-0/model.safetensors", "control/seed-4/model.safetensors",
        "measures-by-epoch.csv", "progress.json", "study.json", "training.csv",
        "ws-euclidean-0.5/seed-0/model.safetensors",
        "ws-euclidean-0.5/seed-4/model.safetensors",
      ])
    let csv = try String(contentsOf: folder.appending(path: "training.csv"), encoding: .utf8)
    let rows = csv.components(separatedBy: "\r\n")
    #expect(rows.count == 14)
    #expect(
      rows[0].hasPrefix(
        "dataset,architecture,sheet,condition,penalty,metric,lambda,view,layout,scale,"
          + "neighborhood,seed,epoch,state,cross-entropy"))
    #expect(
      rows[1].hasPrefix(
        "made-up,mnist,3x4,control,control,none,0.0,none,none,none,none,0,1,ok,"))
    #expect(
      rows[4].hasPrefix(
        "made-up,mnist,3x4,ws-euclidean-0.5,ws,euclidean,0.5,none,none,none,moore,4,1,ok,"))
    let network = try StateDictionary.load(
      from: folder.appending(path: "control/seed-0/model.safetensors"),
      for: try Architecture.read(
        from: folder.appending(path: "control/seed-0/model.safetensors")))
    #expect(network.architecture.sheet.units == 12)
  }

  @Test("a finished run is not repeated") func aFinishedRunIsNotRepeated() throws {
    let folder = temporary.url.appending(path: "run")
    try SmallStudy.training().run(in: folder, device: device, resume: false)
    let before = try SmallStudy.files(folder)
    var finished = false
    let progress = try SmallStudy.training().run(in: folder, device: device, resume: true) {
      if case .alreadyFinished = $0 { finished = true }
    }
    #expect(finished && progress.reports.count == 12)
    #expect(try SmallStudy.files(folder) == before)
  }

  /// Killed after each of the epochs, and within one; the folder is a copy of what lay there then.
  @Test("interrupted runs resume to the same bytes") func interruptedRunsGoOnToTheSameBytes() throws
  {
    let unbroken = temporary.url.appending(path: "unbroken")
    var copies: [(name: String, epoch: Int)] = []
    func keep(_ name: String, _ epoch: Int) {
      let copy = temporary.url.appending(path: name)
      try? FileManager.default.copyItem(at: unbroken, to: copy)
      copies.append((name, epoch))
    }
    try SmallStudy.training().run(in: unbroken, device: device, resume: false) { event in
      switch event {
      case .progress(let progress, _) where progress.step == progress.steps:
        keep("within-\(progress.epoch)", progress.epoch - 1)
      case .epoch(let epoch, _, _, _) where epoch < 3: keep("after-\(epoch)", epoch)
      default: break
      }
    }
    let wanted = try SmallStudy.files(unbroken)
    #expect(copies.count == 5)
    for copy in copies {
      let folder = temporary.url.appending(path: copy.name)
      // What a process leaves that is killed while it writes.
      let half = folder.appending(path: "control/seed-0/.model.safetensors.1.2.partial")
      if copy.epoch > 0 { try Data("half".utf8).write(to: half) }
      var resumed: Int?
      try SmallStudy.training().run(in: folder, device: device, resume: true) {
        if case .resumed(let epoch, _, _) = $0 { resumed = epoch }
      }
      #expect(resumed == (copy.epoch == 0 ? nil : copy.epoch), "\(copy.name)")
      let files = try SmallStudy.files(folder)
      #expect(files.keys.sorted() == wanted.keys.sorted(), "\(copy.name)")
      for (name, bytes) in wanted { #expect(files[name] == bytes, "\(copy.name): \(name)") }
    }
  }

  /// A checkpoint of an earlier epoch that a killed process could not remove any more.
  @Test("leftovers are removed") func leftoversAreRemoved() throws {
    let folder = temporary.url.appending(path: "run")
    let stale = folder.appending(path: "control/seed-4/checkpoint-1.safetensors")
    var bytes: Data?
    try SmallStudy.training().run(in: folder, device: device, resume: false) { event in
      if case .epoch(1, _, _, _) = event { bytes = try? Data(contentsOf: stale) }
      if case .epoch(2, _, _, _) = event { try? bytes?.write(to: stale) }
    }
    #expect(bytes != nil)
    #expect(!FileManager.default.fileExists(atPath: stale.path))
  }

  /// One member diverges: it is named, leaves no model, and the others' bytes are the same.
  @Test("a member that diverges leaves no model") func aMemberThatDivergesLeavesNoModel() throws {
    let calm = temporary.url.appending(path: "calm")
    let wild = temporary.url.appending(path: "wild")
    func sgd(_ lambda: String) -> (String) -> String {
      {
        $0.replacingOccurrences(of: "lambda: 0.5", with: "lambda: \(lambda)")
          .replacingOccurrences(of: "batch: 16", with: "batch: 16\noptimizer: sgd")
      }
    }
    try SmallStudy.training(sgd("0.5")).run(in: calm, device: device, resume: false)
    var stopped: [String] = []
    let progress = try SmallStudy.training(sgd("1e38")).run(
      in: wild, device: device, resume: false
    ) {
      if case .stopped(let member) = $0 { stopped.append(member.member.path) }
    }
    #expect(stopped.count == 2 && stopped.allSatisfy { $0.hasPrefix("ws-euclidean-1") })
    #expect(progress.stopped.map(\.member.path) == stopped)
    let (expected, files) = (try SmallStudy.files(calm), try SmallStudy.files(wild))
    for seed in ["0", "4"] {
      let name = "control/seed-\(seed)/model.safetensors"
      #expect(files[name] == expected[name])
      #expect(files[name] != nil)
    }
    #expect(!files.keys.contains { $0.hasPrefix("ws-") })
  }

  @Test("a study that cannot be trained leaves no folder") func whatCannotBeTrainedLeavesNoFolder()
    throws
  {
    let folder = temporary.url.appending(path: "run")
    var run = try SmallStudy.training()
    run.configuration.batch = 0
    #expect(
      message { try run.run(in: folder, device: device, resume: false) }.contains("batch is 0"))
    #expect(!FileManager.default.fileExists(atPath: folder.path))
  }
}
