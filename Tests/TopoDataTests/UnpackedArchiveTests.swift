import Foundation
import TestSupport
import Testing
import TopoFoundation

@testable import TopoData

/// Data as archives leave them: folders that bear files' names, and versions that are not read.
@Suite("Unpacked archives") struct UnpackedArchiveTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Where a file lies, by its plain name.
  private enum Place: CaseIterable {
    case file, dotted, inFolder, dottedInFolder, besideFolder, zippedInFolder

    func paths(_ name: String) -> (file: String, folder: String?) {
      let dotted = name.replacing("-idx", with: ".idx")
      return switch self {
      case .file: (name, nil)
      case .dotted: (dotted, nil)
      case .inFolder: ("\(name)/\(name)", nil)
      case .dottedInFolder: ("\(dotted)/\(dotted)", nil)
      case .besideFolder: (dotted, name)
      case .zippedInFolder: ("\(name)/\(name).gz", nil)
      }
    }
  }

  private func idx(_ place: Place, _ prefix: String, images: Int, labels: [UInt8]) throws {
    for (kind, bytes) in [
      ("images-idx3-ubyte", Bytes.images(images)), ("labels-idx1-ubyte", Bytes.labels(labels)),
    ] {
      let (file, other) = place.paths("\(prefix)-\(kind)")
      try folder.write(file.hasSuffix(".gz") ? Bytes.gzip(bytes) : bytes, to: file)
      if let other {
        // What is in the folder is not what counts where there is a file.
        try folder.write([1, 2, 3], to: "\(other)/\(other)")
      }
    }
  }

  @Test("files in folders of the same name are found", arguments: ["train", "emnist-digits-train"])
  func filesInFoldersOfTheirNameAreFound(training: String) throws {
    for place in Place.allCases {
      let test = training.replacing("train", with: place == .inFolder ? "test" : "t10k")
      let other = try UnpackedArchiveTests()
      try other.idx(place, training, images: 2, labels: [3, 4])
      try other.idx(place, test, images: 1, labels: [5])
      let data = try Dataset.load(other.folder.url.path, environment: [:])
      #expect(data.training.labels == [3, 4] && data.test.labels == [5], "\(place)")
      #expect(data.training.images == Array(Bytes.images(2).dropFirst(16)) || training != "train")
      let named = try Dataset.load(
        training == "train" ? "mnist" : "emnist-digits",
        environment: ["TOPOSHEET_DATA": other.folder.url.path])
      #expect(named.test.labels == [5], "\(place)")
    }
  }

  @Test("training and test files may be in different places") func placesMayDiffer() throws {
    try idx(.inFolder, "train", images: 1, labels: [1])
    try idx(.dotted, "t10k", images: 1, labels: [2])
    let data = try Dataset.load(folder.url.path, environment: [:])
    #expect(data.training.labels == [1] && data.test.labels == [2])
  }

  @Test("folders without their file are ignored") func foldersWithoutTheirFileAreNone() throws {
    try idx(.file, "train", images: 1, labels: [1])
    try folder.write([1], to: "t10k-images-idx3-ubyte/readme")
    let text = message { _ = try Dataset.load(folder.url.path, environment: [:]) }
    #expect(text.contains("lacks t10k-images-idx3-ubyte (plain or .gz)"))
  }

  @Test("links that lead nowhere are named") func linksThatLeadNowhereAreNamed() throws {
    try idx(.file, "train", images: 1, labels: [1])
    try idx(.file, "t10k", images: 1, labels: [1])
    let file = folder.url.appending(path: "t10k-labels-idx1-ubyte")
    try FileManager.default.removeItem(at: file)
    try FileManager.default.createSymbolicLink(
      at: file, withDestinationURL: folder.url.appending(path: "none"))
    let text = message { _ = try Dataset.load(folder.url.path, environment: [:]) }
    #expect(text.contains("t10k-labels-idx1-ubyte: cannot be opened (No such file"))
  }

  @Test("CIFAR's batches are found in folders too") func cifarsBatchesAreFoundInFoldersToo() throws
  {
    let record = [UInt8](repeating: 1, count: 3073)
    for batch in 1...5 {
      let name = "data_batch_\(batch).bin"
      try folder.write(record, to: batch == 2 ? name : "\(name)/\(name)")
    }
    try folder.write(record, to: "test_batch.bin")
    let data = try Dataset.load(folder.url.path, environment: [:])
    #expect(data.training.count == 5 && data.classes == 10)
    // So few are somebody's own, whatever their format.
    #expect(data.name == folder.url.lastPathComponent && data.classNames[0] == "0")
    #expect(data.normalization == Normalization(of: data.training))
  }

  /// The folder's name tells what gray images are, but not that they are in color.
  @Test("gray images do not take the name of color images from their folder")
  func grayImagesInAFolderOfAnothersName() throws {
    for (name, known) in [("cifar10", false), ("CIFAR-100", false), ("kmnist", true)] {
      let files: [(String, [UInt8])] = ["train", "t10k"].flatMap { stem in
        [
          ("\(stem)-images-idx3-ubyte", Bytes.images(2)),
          ("\(stem)-labels-idx1-ubyte", Bytes.labels([1, 2])),
        ]
      }
      for (file, bytes) in files { try folder.write(bytes, to: "\(name)/\(file)") }
      let data = try Dataset.load(folder.url.appending(path: name).path, environment: [:])
      #expect(data.normalization.mean.count == 1 && data.classNames.count == 10)
      #expect((data.normalization.mean == [0.1918]) == known, "\(name)")
    }
  }

  /// A pickle's first bytes.
  private let pickle: [UInt8] = [0x80, 2, 0x7D, 0x71]

  @Test(
    "other versions of CIFAR are named",
    arguments: [
      (["data_batch_1", "data_batch_2", "test_batch", "batches.meta"], "Python", 10),
      (["cifar-10-batches-py/data_batch_5"], "Python", 10),
      (["data_batch_3/data_batch_3"], "Python", 10),
      (
        ["cifar-100-python/train", "cifar-100-python/test", "cifar-100-python/meta"], "Python", 100
      ),
      (["train", "meta"], "Python", 100),
      (["cifar-10-batches-mat/data_batch_1.mat"], "Matlab", 10),
      (["train.mat", "test.mat", "meta.mat"], "Matlab", 100),
    ])
  func otherVersionsOfCIFARAreNamed(files: [String], language: String, classes: Int) throws {
    for file in files { try folder.write(pickle, to: file) }
    let version = "\(language) version of CIFAR-\(classes), which is not read; get the binary "
    let text = message { _ = try Dataset.load(folder.url.path, environment: [:]) }
    #expect(text.contains(version) && text.contains("cifar-\(classes)-binary.tar.gz"), "\(text)")
    #expect(text.contains(classes == 10 ? "data_batch_1.bin" : "train.bin"), "\(text)")
    for place in [folder.url, folder.url.deletingLastPathComponent()] {
      let named = message {
        _ = try Dataset.load("cifar\(classes)", environment: ["TOPOSHEET_DATA": place.path])
      }
      let isThere = place == folder.url
      #expect(named.contains(version) == isThere, "\(named)")
      #expect(named.hasPrefix("cifar\(classes) was not found"), "\(named)")
    }
    // It is no answer to who asks for another set.
    let other = message {
      _ = try Dataset.load(
        classes == 10 ? "cifar100" : "cifar10", environment: ["TOPOSHEET_DATA": folder.url.path])
    }
    #expect(!other.contains(version), "\(other)")
  }

  @Test("other files with the names of CIFAR's are no data set")
  func otherFilesOfTheseNamesAreNotCIFARs() throws {
    for name in ["train", "test", "meta", "data_batch_1"] { try folder.write([1, 2], to: name) }
    let text = message { _ = try Dataset.load(folder.url.path, environment: [:]) }
    #expect(text.contains("holds neither IDX files"))
  }
}
