import Foundation
import TestSupport
import Testing
import TopoFoundation

@testable import TopoData

/// Four IDX files, of which a test may spoil one.
private func folder(
  replacing name: String? = nil, with bytes: [UInt8] = [], suffix: String = ""
) throws -> TemporaryFolder {
  let folder = try TemporaryFolder()
  var files = [
    "train-images-idx3-ubyte": Bytes.images(4),
    "train-labels-idx1-ubyte": Bytes.labels([3, 1, 4, 9]),
    "t10k-images-idx3-ubyte": Bytes.images(2),
    "t10k-labels-idx1-ubyte": Bytes.labels([5, 0]),
  ]
  if let name { files[name] = bytes }
  for (name, bytes) in files {
    try folder.write(suffix == ".gz" ? Bytes.gzip(bytes) : bytes, to: name + suffix)
  }
  return folder
}

private func problem(_ name: String, _ bytes: [UInt8], suffix: String = "") throws -> String {
  let folder = try folder(replacing: name, with: bytes, suffix: suffix)
  return message { _ = try Dataset.load(folder.url.path, environment: [:]) }
}

@Suite("IDX files") struct IDXTests {
  @Test("files load", arguments: ["", ".gz"]) func loads(suffix: String) throws {
    let folder = try folder(suffix: suffix)
    let data = try Dataset.load(folder.url.path, environment: [:])
    #expect(data.training.labels == [3, 1, 4, 9])
    #expect(data.training.images.prefix(8) == [0, 1, 2, 3, 4, 5, 10, 11])
    #expect(data.shape == ImageShape(channels: 1, rows: 3, columns: 2))
    #expect(data.test.count == 2 && data.classes == 10)
    // Of unknown origin, so normalized by its own statistics: values 10 i + p.
    #expect(abs(data.normalization.mean[0] * 255 - 17.5) < 1e-5)
    #expect(abs(data.normalization.standardDeviation[0] * 255 - 11.3101135) < 1e-4)
  }

  @Test("alternative names load") func alternativeNamesLoad() throws {
    let folder = try TemporaryFolder()
    try folder.write(Bytes.images(1), to: "mnist/train-images.idx3-ubyte")
    try folder.write(Bytes.labels([1]), to: "mnist/train-labels.idx1-ubyte")
    try folder.write(Bytes.images(1), to: "mnist/t10k-images.idx3-ubyte")
    try folder.write(Bytes.labels([1]), to: "mnist/t10k-labels.idx1-ubyte")
    let data = try Dataset.load("mnist", environment: ["TOPOSHEET_DATA": folder.url.path])
    #expect(data.name == "mnist")
    #expect(data.normalization == Normalization(mean: [0.1307], standardDeviation: [0.3081]))
  }

  @Test("EMNIST is transposed and its letters count from zero")
  func emnistIsTransposedAndItsLettersCountFromZero() throws {
    let folder = try TemporaryFolder()
    for part in ["train", "test"] {
      let stem = "emnist-letters-\(part)"
      try folder.write(Bytes.gzip(Bytes.images(2)), to: "gzip/\(stem)-images-idx3-ubyte.gz")
      try folder.write(Bytes.gzip(Bytes.labels([1, 26])), to: "gzip/\(stem)-labels-idx1-ubyte.gz")
    }
    let data = try Dataset.load(folder.url.path, environment: [:])
    #expect(data.shape == ImageShape(channels: 1, rows: 2, columns: 3))
    #expect(data.training.images.prefix(6) == [0, 2, 4, 1, 3, 5])
    #expect(data.training.labels == [0, 25])
    #expect(data.classes == 26)
    let named = try Dataset.load(
      "EMNIST-letters", environment: ["TOPOSHEET_DATA": folder.url.path])
    #expect(named.name == "emnist-letters")
    #expect(named.normalization == Normalization(of: named.training))
  }

  @Test("a wrong magic number is named") func wrongMagicIsNamed() throws {
    let text = try problem("train-images-idx3-ubyte", Bytes.labels([1, 2, 3, 4, 5, 6, 7, 8, 9]))
    #expect(text.contains("train-images-idx3-ubyte: begins with the magic number 0x00000801"))
    #expect(text.contains("0x00000803"))
  }

  @Test("counts that disagree are named") func countsThatDisagreeAreNamed() throws {
    let text = try problem("train-labels-idx1-ubyte", Bytes.labels([1, 2, 3]))
    #expect(text.contains("train-labels-idx1-ubyte: holds 3 labels"))
    #expect(text.contains("train-images-idx3-ubyte holds 4 images"))
  }

  @Test("dimensions that overflow are named") func dimensionsThatOverflowAreNamed() throws {
    let huge = [0x803, 0xFFFF_FFFF, 0xFFFF_FFFF, 0xFFFF_FFFF].flatMap(Bytes.word)
    let text = try problem("t10k-images-idx3-ubyte", huge)
    #expect(text.contains("t10k-images-idx3-ubyte: states 4294967295 x 4294967295 x 4294967295"))
    #expect(text.contains("more than can be counted"))
  }

  @Test("sizes that disagree are named") func sizesThatDisagreeAreNamed() throws {
    let short = try problem("t10k-images-idx3-ubyte", Array(Bytes.images(2).dropLast()))
    #expect(short.contains("states 2 x 3 x 2 bytes of images but holds 11"))
    let long = try problem("t10k-images-idx3-ubyte", Bytes.images(2) + [0])
    #expect(long.contains("holds 13"))
    #expect(try problem("t10k-images-idx3-ubyte", [0, 0]).contains("less than an IDX header's 16"))
  }

  @Test("empty sets are named") func emptySetsAreNamed() throws {
    #expect(try problem("train-images-idx3-ubyte", Bytes.images(0)).contains("holds no images"))
    #expect(try problem("train-labels-idx1-ubyte", Bytes.labels([])).contains("holds no labels"))
    let flat = try problem("train-images-idx3-ubyte", Bytes.images(4, rows: 0))
    #expect(flat.contains("images of 0 x 2 pixels"))
  }

  @Test("labels out of range are named") func labelsOutOfRangeAreNamed() throws {
    let text = try problem("train-labels-idx1-ubyte", Bytes.labels([1, 2, 10, 3]))
    #expect(text.contains("gives image 2 the label 10, but labels go from 0 to 9"))
  }

  @Test("splits of different shapes are named") func partsOfDifferentShapeAreNamed() throws {
    let text = try problem("t10k-images-idx3-ubyte", Bytes.images(2, rows: 2))
    #expect(text.contains("1 x 3 x 2 but the test images 1 x 2 x 2"))
  }

  @Test("missing files are named") func missingFilesAreNamed() throws {
    let folder = try folder()
    try FileManager.default.removeItem(at: folder.url.appending(path: "t10k-labels-idx1-ubyte"))
    let text = message { _ = try Dataset.load(folder.url.path, environment: [:]) }
    #expect(text.contains("\(folder.url.path): lacks t10k-labels-idx1-ubyte"))
  }
}
