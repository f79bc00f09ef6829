import Foundation
import TestSupport
import Testing
import TopoFoundation

@testable import TopoData

@Suite("CIFAR files") struct CIFARTests {
  private func record(_ label: [UInt8], _ first: UInt8) -> [UInt8] {
    label + [first] + [UInt8](repeating: 7, count: 3071)
  }

  private func folder10(subfolder: String = "") throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    for batch in 1...5 {
      let bytes = record([UInt8(batch)], UInt8(batch)) + record([9], 100)
      try folder.write(bytes, to: "\(subfolder)data_batch_\(batch).bin")
    }
    try folder.write(record([0], 50), to: "\(subfolder)test_batch.bin")
    return folder
  }

  @Test("CIFAR-10 loads", arguments: ["", "cifar-10-batches-bin/", "cifar10/"])
  func cifar10Loads(subfolder: String) throws {
    let folder = try folder10(subfolder: subfolder)
    let data = try Dataset.load("CIFAR-10", environment: ["TOPOSHEET_DATA": folder.url.path])
    #expect(data.name == "cifar10" && data.classes == 10)
    #expect(data.shape == ImageShape(channels: 3, rows: 32, columns: 32))
    #expect(data.training.labels == [1, 9, 2, 9, 3, 9, 4, 9, 5, 9])
    #expect(data.training.images[2 * 3072] == 2)
    #expect(data.test.labels == [0] && data.test.images[0] == 50)
    #expect(data.normalization.standardDeviation == [0.2470, 0.2435, 0.2616])
    let published = try data.normalization(.asPublished, own: nil, network: "n")
    #expect(published.standardDeviation == [0.2023, 0.1994, 0.2010])
    #expect(published.mean == data.normalization.mean)
    let split = try SplitImages.load(
      "cifar10", .training, environment: ["TOPOSHEET_DATA": folder.url.path])
    #expect(split.images == data.training && split.name == "cifar10")
    let training = #expect(throws: UserError.self) {
      try split.normalization(.asPublished, own: nil, network: "n")
    }
    #expect(training?.description.contains("these are the training images of cifar10") == true)
    #expect(data.classNames.first == "airplane" && data.classNames.last == "truck")
  }

  @Test("CIFAR-100 uses the fine label") func cifar100UsesTheFineLabel() throws {
    let folder = try TemporaryFolder()
    try folder.write(record([19, 99], 1), to: "cifar-100-binary/train.bin")
    try folder.write(record([0, 3], 2), to: "cifar-100-binary/test.bin")
    let data = try Dataset.load(folder.url.path, environment: [:])
    #expect(data.name == "cifar100" && data.classes == 100)
    #expect(data.training.labels == [99] && data.test.labels == [3])
    #expect(data.training.images[0] == 1)
    #expect(throws: UserError.self) {
      try data.normalization(.asPublished, own: nil, network: "n")
    }
    #expect(data.classNames.count == 100)
  }

  private func problem(_ bytes: [UInt8]) throws -> String {
    let folder = try folder10()
    try folder.write(bytes, to: "data_batch_3.bin")
    return message { _ = try Dataset.load(folder.url.path, environment: [:]) }
  }

  @Test("wrong sizes are named") func wrongSizesAreNamed() throws {
    let text = try problem(record([0], 0).dropLast(2))
    #expect(text.contains("data_batch_3.bin: has 3071 bytes, which is not a multiple"))
    #expect(text.contains("record of 3073"))
    #expect(try problem([]).contains("data_batch_3.bin: is empty"))
  }

  @Test("labels out of range are named") func labelsOutOfRangeAreNamed() throws {
    let text = try problem(record([2], 0) + record([10], 0))
    #expect(text.contains("gives image 1 the label 10, but CIFAR-10 has labels 0 to 9"))
  }

  @Test("missing batches are named") func missingBatchesAreNamed() throws {
    let folder = try folder10()
    try FileManager.default.removeItem(at: folder.url.appending(path: "data_batch_4.bin"))
    let text = message { _ = try Dataset.load(folder.url.path, environment: [:]) }
    #expect(text.contains("lacks data_batch_4.bin"))
  }
}
