import Foundation
import TestSupport
import Testing
import TopoFoundation

@testable import TopoData

private let fashionFolder = "/usr/share/datasets/fashion-mnist"

@Suite("Finding data sets") struct DatasetLookupTests {
  private func idx(in path: String, of folder: TemporaryFolder, label: UInt8) throws {
    for part in ["train", "t10k"] {
      try folder.write(Bytes.images(1), to: "\(path)/\(part)-images-idx3-ubyte")
      try folder.write(Bytes.labels([label]), to: "\(path)/\(part)-labels-idx1-ubyte")
    }
  }

  @Test("names find their own folder") func namesFindTheirOwnFolder() throws {
    let folder = try TemporaryFolder()
    try idx(in: "mnist", of: folder, label: 1)
    try idx(in: "FashionMNIST/raw", of: folder, label: 2)
    try idx(in: "kmnist", of: folder, label: 3)
    let environment = ["TOPOSHEET_DATA": folder.url.path]
    #expect(try Dataset.load("mnist", environment: environment).test.labels == [1])
    let fashion = try Dataset.load("fashion-mnist", environment: environment)
    #expect(fashion.test.labels == [2] && fashion.normalization.mean == [0.2860])
    #expect(try Dataset.load("KMNIST", environment: environment).normalization.mean == [0.1918])
  }

  @Test("the data folder itself may hold the files") func theDataFolderItselfMayHoldTheFiles()
    throws
  {
    let folder = try TemporaryFolder()
    try idx(in: "fashion-mnist", of: folder, label: 4)
    let path = folder.url.appending(path: "fashion-mnist").path
    let environment = ["TOPOSHEET_DATA": path]
    #expect(try Dataset.load("fashion-mnist", environment: environment).test.labels == [4])
    // Named after one data set, it is not taken for another.
    let text = message { _ = try Dataset.load("kmnist", environment: environment) }
    #expect(text.contains("kmnist was not found in \(path)"))
    // Given as a folder, its name says which it is.
    #expect(try Dataset.load(path, environment: [:]).normalization.mean == [0.2860])
  }

  @Test("other data are named after their folder") func dataOfYourOwnHaveTheirFoldersName() throws {
    let folder = try TemporaryFolder()
    try idx(in: "digits", of: folder, label: 4)
    let data = try Dataset.load(folder.url.appending(path: "digits").path, environment: [:])
    #expect(data.name == "digits")
  }

  @Test("an error says where data were looked for and what to do")
  func notFoundSaysWhereItLookedAndWhatToDo() {
    let text = message {
      _ = try Dataset.load("kmnist", environment: ["HOME": "/nowhere/home"])
    }
    for part in [
      "/usr/share/datasets/kmnist", "/usr/local/share/datasets/kmnist",
      "/nowhere/home/.local/share/datasets/kmnist", "Kuzushiji", "TOPOSHEET_DATA",
    ] {
      #expect(text.contains(part))
    }
    #expect(KnownDataset.fashionMNIST.remedy.contains("apt install dataset-fashion-mnist"))
  }

  @Test("folders that cannot be used are named") func foldersThatCannotServeAreNamed() throws {
    let missing = message { _ = try Dataset.load("/nowhere/data", environment: [:]) }
    #expect(missing.contains("/nowhere/data: there is no such folder"))
    #expect(message { _ = try Dataset.load("", environment: [:]) }.contains("no data set is named"))
    let folder = try TemporaryFolder()
    let empty = message { _ = try Dataset.load(folder.url.path, environment: [:]) }
    #expect(empty.contains("holds neither IDX files"))
    let file = try folder.write([1], to: "file")
    #expect(
      message { _ = try Dataset.load(file.path, environment: [:]) }.contains("not a folder"))
  }

  @Test(
    "unreadable folders are named", .enabled(if: geteuid() != 0, "permissions do not bind root"))
  func unreadableFoldersAreNamed() throws {
    let folder = try TemporaryFolder()
    try idx(in: "locked", of: folder, label: 0)
    let path = folder.url.appending(path: "locked").path
    chmod(path, 0)
    defer { chmod(path, 0o700) }
    let text = message { _ = try Dataset.load(path, environment: [:]) }
    #expect(text.contains("cannot be read (Permission denied)"))
  }

  @Test(
    "Fashion-MNIST loads from the system",
    .enabled(
      if: FileManager.default.fileExists(atPath: fashionFolder), "dataset-fashion-mnist is missing")
  )
  func fashionMNISTLoadsFromTheSystem() throws {
    let data = try Dataset.load("fashion-mnist", environment: [:])
    #expect(data.training.count == 60_000 && data.test.count == 10_000)
    // The constants in common use are those of the training images.
    let own = Normalization(of: data.training)
    #expect(abs(own.mean[0] - data.normalization.mean[0]) < 1e-4)
    #expect(abs(own.standardDeviation[0] - data.normalization.standardDeviation[0]) < 1e-4)
    for label in 0..<10 { #expect(data.training.labels.count { $0 == label } == 6000) }
  }
}
