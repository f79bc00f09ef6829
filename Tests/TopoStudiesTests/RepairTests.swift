import Foundation
import TestSupport
import Testing
import TopoCompute
import TopoTraining

@testable import TopoStudies

/// Studies of which files are missing or damaged.
@Suite("Repair of study folders", .serialized) struct RepairTests {
  let temporary: TemporaryFolder
  let device: any Device

  init() throws {
    temporary = try TemporaryFolder()
    device = try CPUDevice(threads: 2)
  }

  private var finished: URL { temporary.url.appending(path: "finished") }
  private var begun: URL { temporary.url.appending(path: "begun") }

  /// A finished study, and a copy of it as it was after two of three epochs.
  private func train() throws -> [String: Data] {
    try SmallStudy.training().run(in: finished, device: device, resume: false) { event in
      if case .epoch(2, _, _, _) = event {
        try? FileManager.default.copyItem(at: finished, to: begun)
      }
    }
    return try SmallStudy.files(finished)
  }

  /// Copies a study, damages it, and continues it.
  /// - Returns: what was told, and the epochs that were gone on after.
  private func resume(
    _ study: URL, _ damage: (URL) throws -> Void
  ) throws -> (folder: URL, told: [String], resumed: [Int]) {
    let copy = temporary.url.appending(path: UUID().uuidString)
    try FileManager.default.copyItem(at: study, to: copy)
    try damage(copy)
    var (told, resumed): ([String], [Int]) = ([], [])
    try SmallStudy.training().run(in: copy, device: device, resume: true) { event in
      if case .repaired(let sentence) = event { told.append(sentence) }
      if case .resumed(let epoch, _, _) = event { resumed.append(epoch) }
    }
    return (copy, told, resumed)
  }

  private static let model = "ws-euclidean-0.5/seed-4/model.safetensors"
  private static let checkpoint = "control/seed-4/checkpoint-2.safetensors"

  /// What may happen to a file.
  static func damages(_ name: String) -> [(what: String, change: (URL) throws -> Void)] {
    let cuts = [0.0, 0.001, 0.3, 0.9, 1].map { share in
      (
        what: "cut at \(share)",
        change: { (folder: URL) in
          let url = folder.appending(path: name)
          let bytes = try Data(contentsOf: url)
          try bytes.prefix(min(Int(share * Double(bytes.count)), bytes.count - 1)).write(to: url)
        }
      )
    }
    let flips = [0.0, 0.002, 0.2, 0.5, 0.999].map { share in
      (
        what: "flipped at \(share)",
        change: { (folder: URL) in
          let url = folder.appending(path: name)
          var bytes = try Data(contentsOf: url)
          bytes[Int(share * Double(bytes.count))] ^= 4
          try bytes.write(to: url)
        }
      )
    }
    return cuts + flips + [
      (
        what: "removed",
        change: { (folder: URL) in
          try FileManager.default.removeItem(at: folder.appending(path: name))
        }
      )
    ]
  }

  @Test("a missing or damaged model is trained again")
  func aModelThatIsGoneOrDamagedIsTrainedAgain() throws {
    let wanted = try train()
    for (what, damage) in Self.damages(Self.model) {
      let (folder, told, resumed) = try resume(finished, damage)
      let place = folder.appending(path: Self.model).path
      let trouble = what == "removed" ? "is missing" : "is not as it was written"
      #expect(
        told == [
          "\(place) \(trouble): ws-euclidean-0.5/seed-4 trains again from the beginning, to the same "
            + "bits"
        ], "\(what)")
      #expect(resumed.isEmpty)
      #expect(try SmallStudy.files(folder) == wanted, "\(what)")
    }
  }

  @Test("a missing or damaged checkpoint is trained again")
  func aCheckpointThatIsGoneOrDamagedIsTrainedAgain() throws {
    let wanted = try train()
    for (what, damage) in Self.damages(Self.checkpoint) {
      let (folder, told, resumed) = try resume(begun, damage)
      #expect(told.count == 1, "\(what): \(told)")
      #expect(
        told.first?.hasPrefix("\(folder.appending(path: Self.checkpoint).path) is ") == true)
      // The others continue.
      #expect(resumed == [2], "\(what)")
      #expect(try SmallStudy.files(folder) == wanted, "\(what)")
    }
  }

  /// Where devices are mixed, other bits come of it than before, and nothing else is promised.
  @Test("mixed devices are not promised the same bits") func mixedDevicesAreNotPromisedTheSameBits()
    throws
  {
    _ = try train()
    func mix(_ folder: URL) throws {
      let marker = folder.appending(path: "study.json")
      var description = try StudyJSON.read(
        StudyFolder.Description.self, from: marker, remedy: "none")
      description.resumedOn = [description.sources[0]]
      try StudyJSON.encodeSealed(description).write(to: marker)
    }
    let (folder, told, _) = try resume(finished) {
      try mix($0)
      try FileManager.default.removeItem(at: $0.appending(path: Self.model))
    }
    #expect(
      told == [
        "\(folder.path)/\(Self.model) is missing: ws-euclidean-0.5/seed-4 trains again from the "
          + "beginning"
      ])
    let (all, whole, _) = try resume(finished) {
      try mix($0)
      try FileManager.default.removeItem(at: $0.appending(path: "progress.json"))
    }
    #expect(
      whole == [
        "\(all.path)/progress.json is missing, so all networks train from the beginning"
      ])
  }

  /// A file that cannot be read is not for us to replace.
  @Test("files that cannot be read are named") func whatCannotBeReadIsNamed() throws {
    let wanted = try train()
    var place: URL?
    let said = message {
      _ = try resume(finished) { folder in
        let url = folder.appending(path: Self.model)
        place = folder
        try FileManager.default.removeItem(at: url)
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
      }
    }
    let folder = try #require(place)
    #expect(
      said.hasPrefix("\(folder.appending(path: Self.model).path): is a folder, but the study has"),
      "\(said)")
    var files = try SmallStudy.files(folder)
    files[Self.model] = wanted[Self.model]
    #expect(files == wanted)
  }

  /// Killed after the last record, before the checkpoints were removed.
  @Test("checkpoints of finished networks are removed")
  func checkpointsOfFinishedNetworksAreRemoved() throws {
    let wanted = try train()
    let (folder, told, _) = try resume(finished) { folder in
      for name in [Self.checkpoint, "ws-euclidean-0.5/seed-0/checkpoint-1.safetensors"] {
        try Data("left".utf8).write(to: folder.appending(path: name))
      }
    }
    #expect(told.isEmpty)
    #expect(try SmallStudy.files(folder) == wanted)
  }

  @Test("several repairs at once") func severalAtOnce() throws {
    let wanted = try train()
    let (folder, told, _) = try resume(finished) { folder in
      for name in ["control", "ws-euclidean-0.5/seed-0", "training.csv"] {
        try FileManager.default.removeItem(at: folder.appending(path: name))
      }
    }
    #expect(told.count == 3)
    #expect(try SmallStudy.files(folder) == wanted)
    // The table alone follows from the record.
    let (other, nothing, _) = try resume(finished) {
      try FileManager.default.removeItem(at: $0.appending(path: "training.csv"))
    }
    #expect(nothing.isEmpty)
    #expect(try SmallStudy.files(other) == wanted)
  }

  /// Without the record of progress nothing is known of what was trained.
  @Test("a missing record is reported") func aRecordThatIsGoneIsToldOf() throws {
    let wanted = try train()
    for study in [finished, begun] {
      let (folder, told, resumed) = try resume(study) {
        try FileManager.default.removeItem(at: $0.appending(path: "progress.json"))
      }
      #expect(resumed.isEmpty)
      #expect(
        told == [
          "\(folder.path)/progress.json is missing, so all networks train from the beginning, to the "
            + "same bits"
        ])
      #expect(try SmallStudy.files(folder) == wanted)
    }
  }

  @Test("a damaged record is named") func aDamagedRecordIsNamed() throws {
    let wanted = try train()
    // A byte in the name of the checksum makes it a file of an earlier version, which does no harm.
    for (what, damage) in Self.damages("progress.json")
    where what != "removed" && what != "flipped at 0.002" {
      var place = ""
      let said = message {
        _ = try resume(begun) { folder in
          place = folder.appending(path: "progress.json").path
          try damage(folder)
        }
      }
      #expect(said.hasPrefix("\(place): "), "\(what): \(said)")
      #expect(said.contains("or remove it, and --resume trains all networks"), "\(what): \(said)")
    }
    // A number that is another one.
    let said = message {
      _ = try resume(finished) { folder in
        let url = folder.appending(path: "progress.json")
        let text = try String(contentsOf: url, encoding: .utf8)
        let other = text.replacingOccurrences(
          of: "\"crossEntropy\" : 2", with: "\"crossEntropy\" : 1")
        #expect(other != text)
        try Data(other.utf8).write(to: url)
      }
    }
    #expect(said.contains("progress.json: is not as it was written; "), "\(said)")
    #expect(try SmallStudy.files(finished) == wanted)
  }

  /// Earlier versions kept no checksums: what can be read is believed.
  @Test("records of earlier versions are read") func recordsOfEarlierVersionsAreUnderstood() throws
  {
    let wanted = try train()
    func forget(_ folder: URL) throws {
      let url = folder.appending(path: "progress.json")
      var progress = try StudyJSON.decode(StudyProgress.self, try Data(contentsOf: url))
      progress.checksums = nil
      try StudyJSON.encode(progress).write(to: url)
    }
    for (study, name) in [(finished, Self.model), (begun, Self.checkpoint)] {
      let (whole, nothing, _) = try resume(study, forget)
      #expect(nothing.isEmpty)
      let (damaged, told, _) = try resume(study) { folder in
        try forget(folder)
        let url = folder.appending(path: name)
        try Data(contentsOf: url).dropLast(9).write(to: url)
      }
      #expect(told.count == 1)
      for folder in [whole, damaged] {
        var files = try SmallStudy.files(folder)
        files["progress.json"] = wanted["progress.json"]
        #expect(files == wanted)
      }
    }
  }

  /// Members that diverged have no model, and are not trained again.
  @Test("members that stopped have no model") func membersThatStoppedHaveNoModel() throws {
    let folder = temporary.url.appending(path: "wild")
    let run = try SmallStudy.training {
      $0.replacingOccurrences(of: "lambda: 0.5", with: "lambda: 1e38")
        .replacingOccurrences(of: "batch: 16", with: "batch: 16\noptimizer: sgd")
    }
    try run.run(in: folder, device: device, resume: false)
    let before = try SmallStudy.files(folder)
    var events = 0
    try run.run(in: folder, device: device, resume: true) { event in
      if case .alreadyFinished = event { return }
      events += 1
    }
    #expect(events == 0)
    #expect(try SmallStudy.files(folder) == before)
  }

  /// Removed or renamed while it is in use: a sentence, and no half of it comes again.
  @Test("a folder that is removed ends the run") func aFolderThatIsRemovedEndsTheRun() throws {
    let moved = temporary.url.appending(path: "moved")
    for (name, change) in [
      ("removed", { try FileManager.default.removeItem(at: $0) }),
      ("emptied", { try FileManager.default.removeItem(at: $0.appending(path: "study.json")) }),
      ("renamed", { try FileManager.default.moveItem(at: $0, to: moved) }),
    ] as [(String, (URL) throws -> Void)] {
      let folder = temporary.url.appending(path: name)
      var isDone = false
      let said = message {
        try SmallStudy.training().run(in: folder, device: device, resume: false) { event in
          guard case .progress(let progress, _) = event, progress.epoch == 2, !isDone else {
            return
          }
          isDone = true
          #expect(message { try change(folder) } == "no error")
        }
      }
      #expect(
        said
          == "\(folder.path): the folder was removed or renamed while the study was at work in it; "
          + "begin anew, or continue with --resume where the folder is now")
      #expect(FileManager.default.fileExists(atPath: folder.path) == (name == "emptied"))
    }
    // Where it is now.
    try SmallStudy.training().run(in: moved, device: device, resume: true)
    #expect(try SmallStudy.files(moved) == (try train()))
  }
}
