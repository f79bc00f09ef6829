import Foundation
import TestSupport
import Testing

/// Data that cannot be used: one sentence, and nothing is left.
@Suite("Data that cannot be used", .serialized) struct BadDataTests {
  let place: Workplace

  init() throws { place = try Workplace() }

  /// Expects that a training on `data` is refused.
  private func expectRefusedData(
    _ data: String, _ parts: [String], architecture: String = "mnist",
    environment: [String: String] = [:], sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    try expectRefused(
      [
        "train", "--data", data, "--architecture", architecture, "--penalty", "control", "--seeds",
        "0", "--epochs", "1", "--device", "cpu", "--out", place.path("out"),
      ], parts, environment: environment, sourceLocation: sourceLocation)
    #expect(!place.exists("out"), sourceLocation: sourceLocation)
  }

  @Test("a missing folder") func missingFolder() throws {
    let data = place.path("nowhere")
    try expectRefusedData(data, ["\(data): there is no such folder"])
    try expectRefusedData("", ["no data set is named"])
    try expectRefusedData(place.path("data/\(SmallData.names[0])"), ["is not a folder"])
  }

  @Test("a name that is not installed") func nameThatIsNotInstalled() throws {
    let empty = place.path("empty")
    try expectRefusedData(
      "kmnist", ["kmnist was not found in \(empty)", "put the four IDX files"],
      environment: ["TOPOSHEET_DATA": empty, "HOME": empty])
  }

  @Test("a folder without data") func folderWithoutData() throws {
    let folder = place.url("empty")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try expectRefusedData(folder.path, ["\(folder.path): holds neither IDX files"])
  }

  @Test("an unreadable folder", .enabled(if: getuid() != 0, "root may read everything"))
  func unreadableFolder() throws {
    let folder = place.url("closed")
    try FileManager.default.createDirectory(
      at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0])
    try expectRefusedData(folder.path, ["\(folder.path): cannot be read (Permission denied)"])
  }

  @Test("an incomplete folder") func incompleteFolder() throws {
    let data = try place.damaged("some", "readme", [1], plain: SmallData.names[3])
    try expectRefusedData(data, ["\(data): lacks t10k-labels-idx1-ubyte"])
  }

  @Test("truncated gzip") func truncatedGzip() throws {
    // A gzip file's header and the begin of a block, then nothing.
    let bytes: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 0x63, 0x60]
    let name = SmallData.names[0]
    let data = try place.damaged("gzip", name + ".gz", bytes, plain: name)
    try expectRefusedData(data, ["\(data)/\(name).gz: is cut short", "download it again"])
    let other = try place.damaged("no-gzip", name + ".gz", [1, 2, 3], plain: name)
    try expectRefusedData(other, ["is named .gz but is not a gzip file"])
  }

  @Test("a wrong magic number") func wrongMagic() throws {
    let name = SmallData.names[2]
    var bytes = SmallData.imageFile(20)
    bytes[2] = 0x0D
    let data = try place.damaged("magic", name, bytes)
    try expectRefusedData(
      data, ["\(data)/\(name): begins with the magic number 0x00000d03", "0x00000803"])
  }

  @Test("counts that disagree") func countsThatDisagree() throws {
    let name = SmallData.names[1]
    let data = try place.damaged("counts", name, SmallData.labelFile(59))
    try expectRefusedData(
      data, ["\(data)/\(name): holds 59 labels, but", "holds 60 images"])
  }

  @Test("dimensions that overflow") func dimensionsThatOverflow() throws {
    let name = SmallData.names[0]
    let huge = [0x803, 0xFFFF_FFFF, 0xFFFF_FFFF, 0xFFFF_FFFF].flatMap(Bytes.word)
    let data = try place.damaged("overflow", name, huge + [1, 2])
    try expectRefusedData(data, ["\(data)/\(name): states 4294967295 x", "than can be counted"])
    let short = try place.damaged("short", name, Array(SmallData.imageFile(60).dropLast()))
    try expectRefusedData(short, ["states 60 x 12 x 12 bytes of images but holds 8639"])
  }

  @Test("a label out of range") func labelOutOfRange() throws {
    let name = SmallData.names[3]
    var labels = SmallData.labelFile(20)
    labels[8 + 4] = 10
    let data = try place.damaged("label", name, labels)
    try expectRefusedData(
      data, ["\(data)/\(name): gives image 4 the label 10, but labels go from 0 to 9"])
  }

  @Test("damaged CIFAR files") func cifarThatIsDamaged() throws {
    let folder = place.url("cifar")
    try SmallData.writeCIFAR(to: folder)
    let file = folder.appending(path: "data_batch_3.bin")
    let bytes = try Data(contentsOf: file)
    try bytes.dropLast().write(to: file)
    try expectRefusedData(
      folder.path, ["\(file.path): has 24583 bytes, which is not a multiple", "3073"],
      architecture: "cifar10")
    var label = bytes
    label[3073 * 2] = 77
    try label.write(to: file)
    try expectRefusedData(
      folder.path, ["\(file.path): gives image 2 the label 77"], architecture: "cifar10")
    try FileManager.default.removeItem(at: file)
    try expectRefusedData(folder.path, ["lacks data_batch_3.bin"], architecture: "cifar10")
  }

  @Test("images too small to pool") func imagesTooSmallToPool() throws {
    for (architecture, side) in [("mnist", 3), ("cifar10", 7)] {
      let folder = place.url("tiny-\(side)")
      try SmallData.writeIDX(to: folder, side: side)
      try expectRefusedData(
        folder.path, ["images of 1 x \(side) x \(side) are too small"], architecture: architecture)
    }
  }

  @Test("a subset larger than the data") func moreImagesThanThereAre() throws {
    try expectRefused(
      place.train("out", ["--subset", "61"]), ["there are only 60; ask for fewer"])
    try expectRefused(place.train("out", ["--subset", "0"]), ["ask for at least 1"])
    #expect(!place.exists("out"))
  }
}
