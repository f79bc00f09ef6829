import TestSupport
import Testing
import TopoFoundation

@testable import TopoData

/// One split of a data set, with or without the files of the other.
@Suite("Images of one split") struct SplitImagesTests {
  private func write(_ stem: String, label: UInt8, to folder: TemporaryFolder) throws {
    try folder.write(Bytes.images(1), to: "mine/\(stem)-images-idx3-ubyte")
    try folder.write(Bytes.labels([label]), to: "mine/\(stem)-labels-idx1-ubyte")
  }

  @Test("only the files of the split are needed") func onlyTheFilesOfTheSplitAreNeeded() throws {
    for (split, stem) in [(Split.test, "t10k"), (.training, "train")] {
      let folder = try TemporaryFolder()
      try write(stem, label: 3, to: folder)
      let path = folder.url.appending(path: "mine").path
      let data = try SplitImages.load(path, split, environment: [:])
      #expect(data.images.labels == [3] && data.name == "mine" && data.split == split)
      // The other one is missed if it is asked for, and so are whole data sets.
      let other = Split.allCases.first { $0 != split } ?? split
      #expect(message { _ = try SplitImages.load(path, other, environment: [:]) }.contains("lacks"))
      #expect(message { _ = try Dataset.load(path, environment: [:]) }.contains("lacks"))
      // Half of a pair is none.
      try folder.write(Bytes.labels([1]), to: "mine/train-labels-idx1-ubyte")
      #expect(throws: Never.self) { try SplitImages.load(path, split, environment: [:]) }
    }
  }

  @Test("constants are computed from the training images if they exist")
  func constantsFollowFromTrainingImagesThatAreThere() throws {
    let folder = try TemporaryFolder()
    try write("t10k", label: 3, to: folder)
    let path = folder.url.appending(path: "mine").path
    let alone = try SplitImages.load(path, .test, environment: [:])
    #expect(try alone.trainingChecksum() == nil)
    let said = message { _ = try alone.normalization(.data, own: nil, network: "n") }
    #expect(said.contains("which are not there; give them with --normalization"), "\(said)")
    let own = Normalization(mean: [0.5], standardDeviation: [0.25])
    #expect(try alone.normalization(.automatic, own: own, network: "n") == own)
    try write("train", label: 4, to: folder)
    let whole = try Dataset.load(path, environment: [:])
    let test = try SplitImages.load(path, .test, environment: [:])
    #expect(try test.normalization() == whole.normalization)
    #expect(try test.trainingChecksum() == whole.training.checksum)
    // Published constants need no training images.
    let known = try TemporaryFolder()
    try known.write(Bytes.images(1), to: "mnist/t10k-images-idx3-ubyte")
    try known.write(Bytes.labels([3]), to: "mnist/t10k-labels-idx1-ubyte")
    let mnist = try SplitImages.load(
      "mnist", .test, environment: ["TOPOSHEET_DATA": known.url.path])
    #expect(try mnist.normalization().mean == [0.1307])
  }

  @Test("the files of one split say which data they are") func filesOfOneSplitSayWhatTheyAre()
    throws
  {
    let folder = try TemporaryFolder()
    try folder.write([UInt8](repeating: 1, count: 3073), to: "CIFAR-10/test_batch.bin")
    let data = try SplitImages.load(
      folder.url.appending(path: "CIFAR-10").path, .test, environment: [:])
    #expect(data.name == "cifar10")
    #expect(try data.normalization().mean.count == 3)
  }
}
