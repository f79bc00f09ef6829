import Foundation
import TestSupport
import Testing
import TopoCompute
import TopoTraining

@testable import TopoStudies

/// Studies to which seeds, conditions, epochs, snapshots and perturbations are added.
@Suite("Growth of studies", .serialized) struct StudyGrowthTests {
  let temporary: TemporaryFolder
  let device: any Device

  init() throws {
    temporary = try TemporaryFolder()
    device = try CPUDevice(threads: 2)
  }

  private func folder(_ name: String) -> URL { temporary.url.appending(path: name) }

  private static func text(_ changes: [(String, String)]) -> String {
    changes.reduce(SmallStudy.yaml) { $0.replacingOccurrences(of: $1.0, with: $1.1) }
  }

  private func study(_ changes: [(String, String)]) throws -> StudyRun {
    let text = Self.text(changes)
    return try StudyRun(
      plan: try Plan(yaml: text, file: "plan.yaml"), source: Array(text.utf8),
      dataset: SmallStudy.dataset)
  }

  private func expect(_ folder: URL, _ wanted: [String: Data], _ name: String) throws {
    let files = try SmallStudy.files(folder)
    #expect(files.keys.sorted() == wanted.keys.sorted(), "\(name)")
    for (file, bytes) in wanted { #expect(files[file] == bytes, "\(name): \(file)") }
  }

  private static let seed = ("seeds: 0,4", "seeds: 3,4,0")
  private static let condition = (
    "  - penalty: ws\n", "  - penalty: as\n    lambda: 0.2\n  - penalty: ws\n"
  )
  private static let epochs = ("epochs: 3", "epochs: 5")
  private static let snapshots = ("batch: 16", "batch: 16\nsnapshots: [4, 5]")
  private static let noise = ("noise: white", "noise: [pink, white]")
  private static let levels = ("levels: [0.1]", "levels: [0.05, 0.1, 0.2]")
  private static let draws = ("draws: 2", "draws: 3")
  private static let every = ("batch: 16", "batch: 16\nalong-training: {every: 2}")

  static let growths: [(name: String, before: [(String, String)], changes: [(String, String)])] = [
    ("a seed, before the others", [], [seed]), ("a condition between", [], [condition]),
    ("epochs", [], [epochs]), ("a perturbation, before the other", [], [noise]),
    // Of which the last one was measured only because it was the last.
    ("epochs of a sparse table", [every], [epochs]),
    ("epochs with snapshots", [], [epochs, snapshots]),
    ("levels of noise and draws, with seeds", [], [seed, levels, draws]),
    ("everything", [], [seed, condition, epochs, snapshots, noise, levels, draws]),
  ]

  /// All files are those of the large plan from the start.
  @Test("a grown study has the same bytes", arguments: growths.indices)
  func aGrownStudyHasTheSameBytes(_ index: Int) throws {
    let (name, before, changes) = Self.growths[index]
    let (small, large) = (folder("small"), folder("large"))
    _ = try study(before + changes).run(in: large, device: device, resume: false)
    let wanted = try SmallStudy.files(large)
    _ = try study(before).run(in: small, device: device, resume: false)
    #expect(
      message { _ = try study(before + changes).run(in: small, device: device, resume: false) }
        .contains(
          name.hasPrefix("a perturbation")
            ? "already holds this study; add --resume"
            : "already holds a part of this study; add --resume to add what is missing"))
    var grown: [String] = []
    _ = try study(before + changes).run(in: small, device: device, resume: true) {
      if case .training(.grown(let sentence)) = $0 { grown.append(sentence) }
    }
    #expect(grown.count == (name.hasPrefix("a perturbation") ? 0 : 1))
    if name == "everything" {
      #expect(
        grown == [
          "the study grows: 5 networks more, 5 epochs instead of 3 and snapshots of 2 epochs more"
        ])
    }
    try expect(small, wanted, name)
    // Nothing is left to do.
    _ = try study(before + changes).run(in: small, device: device, resume: true)
    try expect(small, wanted, name)
  }

  /// The folder as it was at any moment of growth is one that can be continued.
  @Test("growth that was interrupted continues") func growthThatWasInterruptedContinues() throws {
    let changes = [Self.seed, Self.condition, Self.epochs, Self.noise, Self.levels]
    let (small, large) = (folder("small"), folder("large"))
    _ = try study(changes).run(in: large, device: device, resume: false)
    let wanted = try SmallStudy.files(large)
    _ = try study([]).run(in: small, device: device, resume: false)
    var copies: [URL] = []
    func copy() {
      let copy = folder("copy-\(copies.count)")
      try? FileManager.default.copyItem(at: small, to: copy)
      copies.append(copy)
    }
    _ = try study(changes).run(in: small, device: device, resume: true) { event in
      switch event {
      case .training(.grown), .training(.started), .training(.epoch): copy()
      case .evaluation(.progress(let progress), _) where progress.done < 3: copy()
      default: break
      }
    }
    try expect(small, wanted, "small")
    #expect(copies.count > 8)
    for (index, copy) in copies.enumerated() {
      // Between the two files that describe study and plan.
      if index == 0 {
        try Data(SmallStudy.yaml.utf8).write(to: copy.appending(path: "plan.yaml"))
      }
      _ = try study(changes).run(in: copy, device: device, resume: true)
      try expect(copy, wanted, "\(index)")
    }
  }

  /// Killed before and after `suite.json` says that the suite has grown.
  @Test("growth of a suite can end anywhere") func growthOfASuiteCanEndAnywhere() throws {
    let (small, large) = (folder("small"), folder("large"))
    _ = try study([Self.noise]).run(in: large, device: device, resume: false)
    let wanted = try SmallStudy.files(large)
    _ = try study([]).run(in: small, device: device, resume: false)
    let unchanged = try SmallStudy.files(small)
    func identity(_ folder: URL) throws -> SuiteFolder.Identity {
      try #require(try RunFolder<SuiteFolder.Description>.read(folder)).identity
    }
    let (before, after) = (try identity(small), try identity(large))
    #expect(SuiteFolder.Description.canGrow(before, to: after))
    #expect(!SuiteFolder.Description.canGrow(after, to: before))
    for moment in ["before", "after", "between the folders", "back"] {
      let copy = folder(moment)
      try FileManager.default.copyItem(at: small, to: copy)
      try SuiteFolder.Growth.prepare(before, toBecome: after, in: copy)
      let marker = "suite.json"
      // The plan is kept before.
      if moment != "back" {
        try Data(Self.text([Self.noise]).utf8).write(to: copy.appending(path: "plan.yaml"))
      }
      if moment.hasPrefix("after") || moment.hasPrefix("between") {
        try FileManager.default.removeItem(at: copy.appending(path: marker))
        try FileManager.default.copyItem(
          at: large.appending(path: marker), to: copy.appending(path: marker))
      }
      if moment.hasPrefix("between") {
        try FileManager.default.moveItem(
          at: copy.appending(path: "tasks"), to: copy.appending(path: ".tasks-old"))
      }
      let isBack = moment == "back"
      _ = try study(isBack ? [] : [Self.noise]).run(in: copy, device: device, resume: true)
      try expect(copy, isBack ? unchanged : wanted, moment)
    }
  }

  /// The tasks of the smaller suite are not computed again.
  @Test("tasks are kept") func tasksAreKept() throws {
    let small = folder("small")
    _ = try study([]).run(in: small, device: device, resume: false)
    var resumed: [[Int]] = []
    _ = try study([Self.noise]).run(in: small, device: device, resume: true) {
      if case .evaluation(.resumed(let done, let all), _) = $0 { resumed.append([done, all]) }
    }
    #expect(resumed == [[3, 5]])
  }

  @Test("what cannot be added says why") func whatCannotBeAddedSaysWhy() throws {
    let kept = folder("kept")
    let models = ("batch: 16", "batch: 16\nkeep: models")
    _ = try study([models]).run(in: kept, device: device, resume: false)
    let before = try SmallStudy.files(kept)
    #expect(!before.keys.contains { $0.contains("checkpoint-") })
    func said(_ changes: [(String, String)]) -> String {
      message { _ = try study(changes).run(in: kept, device: device, resume: true) }
    }
    #expect(said([models, Self.epochs]).contains("epochs cannot be added: there is no "))
    #expect(said([models, Self.epochs]).contains("as with keep: models"))
    #expect(
      said([("batch: 16", "batch: 16\nsnapshots: [3]")])
        .contains("a snapshot of epoch 3 cannot be added: networks are trained for 3 epochs"))
    #expect(said([("epochs: 3", "epochs: 2")]).contains("it has 3 epochs, not 2, and a study does"))
    #expect(said([("seeds: 0,4", "seeds: 0")]).contains("and a study does not shrink"))
    #expect(
      said([("batch: 16", "batch: 8")]).contains("(its batch is 16, not 8), and --resume adds"))
    #expect(try SmallStudy.files(kept) == before)
    // Seeds need no checkpoints.
    _ = try study([models, Self.seed]).run(in: kept, device: device, resume: true)
    #expect(try SmallStudy.files(kept).keys.count { $0.hasSuffix("model.safetensors") } == 6)
  }

  /// Files of an earlier version: no order of networks, one checksum for a network.
  @Test("records of earlier versions grow by seeds") func recordsOfEarlierVersionsGrow() throws {
    let (small, large) = (folder("small"), folder("large"))
    let models = ("batch: 16", "batch: 16\nkeep: models")
    _ = try study([models, Self.seed]).run(in: large, device: device, resume: false)
    _ = try study([models]).run(in: small, device: device, resume: false)
    let url = small.appending(path: "progress.json")
    var progress = try StudyFolder.progress(in: small)
    (progress.checksums, progress.models, progress.networks) = (progress.models, nil, nil)
    try StudyJSON.encodeSealed(progress).write(to: url)
    _ = try study([models, Self.seed]).run(in: small, device: device, resume: true) {
      if case .training(.repaired(let sentence)) = $0 { Issue.record("\(sentence)") }
    }
    try expect(small, try SmallStudy.files(large), "seeds")
  }

  @Test("snapshots are the networks of their epochs") func snapshotsAreTheNetworks() throws {
    let (long, short) = (folder("long"), folder("short"))
    try SmallStudy.training { $0.replacing("batch: 16", with: "batch: 16\nsnapshots: [2, 3]") }
      .run(in: long, device: device, resume: false)
    try SmallStudy.training { $0.replacing("epochs: 3", with: "epochs: 2") }
      .run(in: short, device: device, resume: false)
    let (files, others) = (try SmallStudy.files(long), try SmallStudy.files(short))
    for member in try SmallStudy.training().members {
      let path = member.path
      #expect(
        files["\(path)/epoch-2.safetensors"] != nil
          && files["\(path)/epoch-2.safetensors"] == others["\(path)/model.safetensors"])
      #expect(files["\(path)/epoch-3.safetensors"] == files["\(path)/model.safetensors"])
      #expect(files["\(path)/epoch-1.safetensors"] == nil)
    }
  }

  @Test("plans say what is kept") func plansSayWhatIsKept() throws {
    let plan = try SmallStudy.plan {
      $0.replacing("batch: 16", with: "batch: 16\nsnapshots: [3, 1]\nkeep: models")
    }
    #expect(plan.snapshots == [1, 3] && plan.keep == .models)
    #expect(try Plan(yaml: plan.yaml(), file: "plan.yaml") == plan)
    for (text, part) in [
      ("snapshots: [0]", "snapshots names epoch 0, but epochs are numbered from 1 to 3"),
      ("snapshots: 4", "snapshots names epoch 4"), ("snapshots: [1, 1]", "names an epoch twice"),
      ("snapshots: [x]", "for an epoch; write them as [1, 2, 5]"),
      ("keep: nothing", "must be one of checkpoints, models"),
    ] {
      let said = message {
        _ = try SmallStudy.plan { $0.replacing("batch: 16", with: "batch: 16\n\(text)") }
      }
      #expect(said.hasPrefix("plan.yaml, line ") && said.contains(part), "\(said)")
    }
  }
}
