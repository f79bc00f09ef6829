import Foundation
import TestSupport
import Testing
import TopoCompute

@testable import TopoStudies

/// Who may write to a folder.
@Suite("Study folders") struct StudyFolderTests {
  let temporary: TemporaryFolder
  let device: DeviceInformation

  init() throws {
    temporary = try TemporaryFolder()
    device = try CPUDevice(threads: 1).information
  }

  private var out: URL { temporary.url.appending(path: "a/b") }

  private func open(
    _ change: (String) -> String = { $0 }, device other: DeviceInformation? = nil,
    resume: Bool = false
  ) -> String {
    message {
      _ = try StudyFolder(
        out, identity: try SmallStudy.training(change).identity, device: other ?? device,
        resume: resume)
    }
  }

  @Test("a new folder is made and resumed") func aNewFolderIsMadeAndResumed() throws {
    #expect(open() == "no error")
    #expect(FileManager.default.fileExists(atPath: out.appending(path: "study.json").path))
    #expect(open(resume: true) == "no error")
  }

  @Test("the same study is not started twice") func theSameStudyIsNotBegunTwice() {
    #expect(open() == "no error")
    #expect(
      open()
        == "\(out.path): the folder already holds this study; add --resume to continue it, or "
        + "choose another with --out")
  }

  @Test(
    "another study is refused",
    arguments: [
      ("epochs: 3", "epochs: 2", "it has 3 epochs, not 2, and a study does not shrink"),
      ("batch: 16", "batch: 8", "its batch is 16, not 8"),
      (
        "seeds: 0,4", "seeds: 0",
        "it has seeds 0,4, not 0, and a study does not shrink"
      ),
      ("lambda: 0.5", "lambda: 0.6", "it trains ws-euclidean-0.5, which is not asked for"),
      // What could be added is not named.
      (
        "seeds: 0,4\nepochs: 3\nbatch: 16", "seeds: 0,4,7\nepochs: 5\nbatch: 8",
        "(its batch is 16, not 8)"
      ),
      (
        "seeds: 0,4", "seeds: 1-3",
        "it has seeds 0,4, not 1-3"
      ),
      (
        "  - penalty: control\n", "",
        "it trains control, which is not asked for, and a study does not shrink"
      ),
      (
        "sheet: [3, 4]", "sheet: [4, 4]", "its architecture is mnist, not mnist, or differs in size"
      ),
      ("epochs: 3", "epochs: 3\nlearning-rate: 0.1", "its learning rate is 0.001, not 0.1"),
      ("epochs: 3", "epochs: 3\noptimizer: sgd", "its optimizer or split differs"),

      ("epochs: 3", "epochs: 3\nsubset: 40", "it uses 50 images, not 40"),
      (
        "epochs: 3", "epochs: 3\nalong-training: {every: 2}",
        "its along-training has every: 1, not 2"
      ),
      (
        "epochs: 3", "epochs: 3\nalong-training: {images: 20}",
        "its along-training has images: 30, not 20"
      ),
      (
        "epochs: 3", "epochs: 3\nalong-training: {measures: variance-mean}",
        "it does not record variance-mean along training"
      ),
    ])
  func anotherStudyIsRefused(_ old: String, _ new: String, _ difference: String) throws {
    #expect(open() == "no error")
    let before = try SmallStudy.files(out)
    for resume in [false, true] {
      let said = open({ $0.replacingOccurrences(of: old, with: new) }, resume: resume)
      #expect(said.hasPrefix("\(out.path): the folder already holds another study ("), "\(said)")
      #expect(said.contains(difference), "\(said)")
      #expect(said.contains("and --resume adds only conditions, seeds, epochs") == resume)
    }
    #expect(try SmallStudy.files(out) == before)
  }

  @Test("kept networks of epochs stay") func keptNetworksStay() throws {
    #expect(open({ $0.replacing("batch: 16", with: "batch: 16\nsnapshots: [1, 2]") }) == "no error")
    let said = open({ $0.replacing("batch: 16", with: "batch: 16\nsnapshots: 2") }, resume: true)
    #expect(
      said.contains(
        "(it keeps the networks of epochs 1 and 2, not of epoch 2, and a study does not shrink)"),
      "\(said)")
  }

  @Test("other test images make another study") func otherTestImages() throws {
    #expect(open() == "no error")
    var run = try SmallStudy.training()
    run.probe?.images[17] ^= 1
    func said() -> String {
      message { _ = try StudyFolder(out, identity: run.identity, device: device, resume: true) }
    }
    #expect(said().contains("(the test images that sheets are measured on differ)"), "\(said())")
    run.probe = nil
    #expect(said().contains("(it measures sheets along training)"), "\(said())")
  }

  @Test("other images make another study") func otherImagesMakeAnotherStudy() throws {
    #expect(open() == "no error")
    var run = try SmallStudy.training()
    run.training.images[17] ^= 1
    let said = message {
      _ = try StudyFolder(out, identity: run.identity, device: device, resume: true)
    }
    #expect(said.contains("(its images differ)"), "\(said)")
  }

  @Test("another kind of device is refused") func anotherKindOfDeviceIsRefused() {
    #expect(open() == "no error")
    var other = device
    other.kind = .opencl
    other.identifier = "opencl:0"
    #expect(
      open(device: other, resume: true)
        == "\(out.path): the study was begun on cpu (\(device.name)), and its bits would differ on "
        + "opencl:0 (\(device.name)); continue with --device cpu where that device is, or continue all "
        + "the same with --resume=anyway, which is recorded")
  }

  @Test("another model of device is refused, except a CPU")
  func anotherModelOfDeviceIsRefusedButForProcessors() {
    var (first, second) = (device, device)
    first.kind = .opencl
    second.kind = .opencl
    second.name = "another model"
    #expect(open(device: first) == "no error")
    #expect(open(device: second, resume: true).contains("its bits would differ"))
    #expect(open(device: first, resume: true) == "no error")
  }

  @Test("another tuning is refused") func anotherTuningIsRefused() {
    var (shipped, tuned, retuned) = (device, device, device)
    (shipped.kind, tuned.kind, retuned.kind) = (.opencl, .opencl, .opencl)
    (tuned.tuning, retuned.tuning) = ("0123456789ab", "ba9876543210")
    #expect(open(device: shipped) == "no error")
    #expect(
      open(device: tuned, resume: true)
        == "\(out.path): the study was begun with no tuning, and its bits would differ with tuning "
        + "0123456789ab; add --no-tuning, or continue all the same with --resume=anyway, which is "
        + "recorded")
    #expect(open(device: shipped, resume: true) == "no error")
    try? FileManager.default.removeItem(at: out)
    #expect(open(device: tuned) == "no error")
    #expect(open(device: tuned, resume: true) == "no error")
    for other in [shipped, retuned] {
      #expect(open(device: other, resume: true).contains("begun with tuning 0123456789ab, and"))
      #expect(
        open(device: other, resume: true)
          .contains("restore the file of that tuning, or begin anew, or continue"))
    }
  }

  @Test("a folder of other things is left alone") func aFolderOfOtherThingsIsLeftAlone() throws {
    try FileManager.default.createDirectory(at: out, withIntermediateDirectories: true)
    try Data("dear diary".utf8).write(to: out.appending(path: "diary.txt"))
    #expect(open().hasPrefix("\(out.path): the folder is not empty and holds no study"))
    #expect(try FileManager.default.contentsOfDirectory(atPath: out.path) == ["diary.txt"])
  }

  @Test("a file is no folder") func aFileIsNoFolder() throws {
    try FileManager.default.createDirectory(
      at: out.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data("x".utf8).write(to: out)
    #expect(open().hasPrefix("\(out.path): is a file; choose a folder with --out"))
    let inside = out.appending(path: "a/b")
    let said = message {
      _ = try FolderLock.take(inside, marker: "study.json", hosts: [], what: "study")
    }
    #expect(
      said == "\(inside.path): is in \(out.path), which is a file; choose a folder with --out")
  }

  @Test(
    "a folder that cannot be written is refused",
    .enabled(if: getuid() != 0, "root may write everywhere"))
  func aFolderThatIsNotOursIsRefused() throws {
    try FileManager.default.createDirectory(
      at: out, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o555])
    #expect(open().hasPrefix("\(out.path): cannot write to this folder (Permission denied)"))
  }

  @Test("a folder that is in use is refused") func aFolderThatIsInUseIsRefused() throws {
    let first = try StudyFolder(
      out, identity: try SmallStudy.training().identity, device: device, resume: false)
    #expect(open(resume: true).hasPrefix("\(out.path): another process is at work in this folder"))
    first.release()
    #expect(open(resume: true) == "no error")
    // Nothing but the records is left.
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: out.path).sorted()
        == ["provenance.json", "study.json"])
  }

  /// Also below it, by whoever was killed there; other files stay.
  @Test("leftovers are removed") func leftoversAreRemoved() throws {
    #expect(open() == "no error")
    let member = out.appending(path: "control/seed-4")
    try FileManager.default.createDirectory(at: member, withIntermediateDirectories: true)
    // Process 1 is always there, but cannot write here.
    let leftovers = [
      ".progress.json.1.4254211097.partial", ".metrics.csv.1.2.partial",
      "control/seed-4/.model.safetensors.1.2.partial",
      "control/seed-4/.checkpoint-7.safetensors.1.2.partial",
    ]
    let others = ["control/seed-4/notes.txt", ".images.npy.1.2.partial", ".note.partial"]
    for name in leftovers + others {
      try Data("half".utf8).write(to: out.appending(path: name))
    }
    #expect(open(resume: true) == "no error")
    #expect(try SmallStudy.files(out).keys.sorted() == (others + ["study.json"]).sorted())
  }

  @Test("damaged records are named") func damagedRecordsAreNamed() throws {
    #expect(open() == "no error")
    let record = out.appending(path: "study.json")
    try Data("{}".utf8).write(to: record)
    #expect(open(resume: true).hasPrefix("\(record.path): cannot be understood (no identity)"))
    try Data("{".utf8).write(to: record)
    #expect(open(resume: true).hasPrefix("\(record.path): cannot be understood ("))
  }

  /// Cut short anywhere, or with a byte that is another one.
  @Test("any damage of the record is named") func anyDamageOfTheRecordIsNamed() throws {
    #expect(open() == "no error")
    let record = out.appending(path: "study.json")
    let whole = try Data(contentsOf: record)
    // Without its last byte, the file still is what it was.
    for count in stride(from: 0, to: whole.count - 1, by: 97) {
      try whole.prefix(count).write(to: record)
      let said = open(resume: true)
      #expect(said.hasPrefix("\(record.path): "), "\(count): \(said)")
      #expect(said.hasSuffix("or begin the study anew in another folder with --out"), "\(said)")
    }
    for place in stride(from: 3, to: whole.count, by: 61) {
      var bytes = whole
      bytes[place] ^= 1
      try bytes.write(to: record)
      let said = open(resume: true)
      #expect(said.hasPrefix("\(record.path): "), "\(place): \(said)")
    }
    try whole.write(to: record)
    #expect(open(resume: true) == "no error")
    // As earlier versions wrote it.
    let lines = String(decoding: whole, as: UTF8.self).components(separatedBy: "\n")
    #expect(lines[1].contains("checksum"))
    try Data((lines[..<1] + lines[2...]).joined(separator: "\n").utf8).write(to: record)
    #expect(open(resume: true) == "no error")
  }
}
