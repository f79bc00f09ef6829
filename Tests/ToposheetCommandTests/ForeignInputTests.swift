import Foundation
import TestSupport
import Testing

/// Inputs from elsewhere, through the whole program: what is read, what is said about it.
@Suite("Input from elsewhere", .serialized) struct ForeignInputTests {
  let place: Workplace
  let trained: URL

  init() throws {
    place = try Workplace()
    trained = try place.model()
  }

  /// A model as another program wrote it: without metadata, in one of the layouts below.
  private func model(_ name: String, _ rename: (String) -> String) throws -> URL {
    let good = try BadModelTests.Parts(trained)
    // Metadata come first, up to the first tensor.
    let start = try #require(good.header.range(of: "\"conv1."))
    var parts = good
    parts.header = "{" + rename(String(good.header[start.lowerBound...]))
    let url = place.url(name)
    try parts.write(to: url)
    return url
  }

  @Test("wrappers are removed with one note") func wrappersAreTakenOffWithOneNote() throws {
    let folder = place.url("models")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let bare = try model("models/bare_seed0.safetensors") { $0 }
    let wrapped = try (0..<2).map { index in
      try model("models/wrapped_seed\(index).safetensors") {
        var text = $0
        for layer in ["conv1", "conv2", "fc1", "fc2"] {
          text = text.replacing("\"\(layer).", with: "\"module._orig_mod.\(layer).")
        }
        return text
      }
    }
    func accuracies(_ model: URL) throws -> [Substring] {
      let result = try Command.run([
        "evaluate", model.path, "--data", place.data, "--device", "cpu",
      ])
      #expect(result.status == 0, "\(result.errors)")
      let notes = result.errors.split(separator: "\n").filter { $0.contains("off the names") }
      #expect(notes.count == (model == bare ? 0 : 1), "\(result.errors)")
      #expect(notes.allSatisfy { $0.hasPrefix("note: took module._orig_mod. off") })
      let row = result.output.split(separator: "\n").first { $0.contains("  1  ") }
      return Array(row?.split(separator: " ").dropFirst(2) ?? [])
    }
    let wanted = try accuracies(bare)
    #expect(wanted.count > 2)
    #expect(try accuracies(wrapped[0]) == wanted)
    let both = try Command.run(["evaluate", folder.path, "--data", place.data, "--device", "cpu"])
    #expect(both.status == 0, "\(both.errors)")
    #expect(both.errors.split(separator: "\n").count { $0.contains("off the names") } == 1)
  }

  @Test("old checkpoints are named") func oldCheckpointsAreNamed() throws {
    let file = place.url("old.pth")
    try Data([0x80, 2, 0x8A, 0x0A, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20]).write(to: file)
    try expectRefused(
      ["evaluate", file.path, "--data", place.data],
      ["\(file.path): is a checkpoint of an old PyTorch", "safetensors.torch.save_file"])
  }

  @Test("folders with the names of files") func foldersThatBearFilesNames() throws {
    let folder = place.url("unpacked")
    try SmallData.writeIDX(to: folder)
    for name in SmallData.names {
      let file = folder.appending(path: name)
      let bytes = try Data(contentsOf: file)
      try FileManager.default.removeItem(at: file)
      try FileManager.default.createDirectory(at: file, withIntermediateDirectories: true)
      try bytes.write(to: file.appending(path: name))
    }
    let one = try Command.run([
      "evaluate", trained.path, "--data", folder.path, "--device", "cpu",
    ])
    let other = try Command.run(["evaluate", trained.path, "--data", place.data, "--device", "cpu"])
    #expect(one.status == 0 && one.output == other.output, "\(one.errors)")
  }

  @Test("batch normalization of one value is refused") func batchNormalizationOfOneValue() throws {
    try SmallData.writeIDX(to: place.url("eight"), side: 8)
    func arguments(_ more: [String]) -> [String] {
      [
        "train", "--data", place.path("eight"), "--architecture", "cifar10", "--penalty", "control",
        "--seeds", "0", "--epochs", "1", "--device", "cpu", "--out", place.path("out"),
      ] + more
    }
    // 48 of the 60 images are trained on.
    for (more, part) in [
      (["--batch", "1"], "choose a batch of 2 or more"),
      (["--batch", "47"], "holds 1 of the 48 training images"),
      (["--subset", "21", "--batch", "15"], "holds 1 of the 16 training images"),
    ] {
      let result = try Command.run(arguments(more))
      #expect(result.status == 1 && result.sentences.count == 1, "\(result.errors)")
      #expect(result.sentences.first?.contains(part) == true, "\(result.errors)")
      #expect(result.sentences.first?.contains("batch normalization bn4") == true)
      #expect(!place.exists("out/control"))
    }
    let good = try Command.run(arguments(["--batch", "48"]))
    #expect(good.status == 0, "\(good.errors)")
  }

  /// An account without a home: PoCL is there, and has no device.
  @Test(
    "caches that cannot be written are named",
    .enabled(
      if: FileManager.default.fileExists(atPath: "/etc/OpenCL/vendors/pocl.icd"),
      "PoCL is not installed"))
  func cachesThatCannotBeWritten() throws {
    let vendor = "/etc/OpenCL/vendors/pocl.icd"
    let environment = ["OCL_ICD_VENDORS": vendor, "POCL_CACHE_DIR": "/proc/none"]
    let sentence = "cannot write to its cache /proc/none (No such file or directory): set "
    let result = try Command.run(["devices"], environment: environment)
    #expect(result.status == 0)
    #expect(result.output.contains(sentence + "POCL_CACHE_DIR to a folder"), "\(result.output)")
    try expectRefused(
      place.train("out").map { $0 == "cpu" ? "opencl" : $0 }, ["PoCL", sentence],
      environment: environment)
    #expect(!place.exists("out"))
  }
}
