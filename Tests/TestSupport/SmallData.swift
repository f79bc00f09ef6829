import Foundation
import TopoData
import TopoFoundation

/// Made-up images of ten classes, as values and as files in the formats of IDX and CIFAR.
package enum SmallData {
  package static func label(_ image: Int) -> Int { image * 7 % 10 }

  /// Gray pixels of `count` images of `side` x `side`, of which the brightest row says the class.
  package static func pixels(_ count: Int, side: Int) -> [UInt8] {
    (0..<count * side * side).map { index in
      let (image, place) = index.quotientAndRemainder(dividingBy: side * side)
      let texture = (image * 37 + place * 11) % 97
      let bar = place / side == label(image) % side ? 150 : 0
      return UInt8(texture + bar)
    }
  }

  package static func images(_ count: Int, side: Int) -> ImageSet {
    ImageSet(
      images: pixels(count, side: side), labels: (0..<count).map { Int32(label($0)) },
      shape: ImageShape(channels: 1, rows: side, columns: side), classes: 10)
  }

  package static func imageFile(_ count: Int, side: Int = 12) -> [UInt8] {
    [0x803, count, side, side].flatMap(Bytes.word) + pixels(count, side: side)
  }

  package static func labelFile(_ count: Int) -> [UInt8] {
    Bytes.labels((0..<count).map { UInt8(label($0)) })
  }

  package static let names = [
    "train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte",
    "t10k-labels-idx1-ubyte",
  ]

  /// Writes 60 training and 20 test images.
  package static func writeIDX(to folder: URL, side: Int = 12) throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let contents = [
      imageFile(60, side: side), labelFile(60), imageFile(20, side: side), labelFile(20),
    ]
    for (name, bytes) in zip(names, contents) {
      try Data(bytes).write(to: folder.appending(path: name))
    }
  }

  /// Writes five training batches and a test batch of eight images each.
  package static func writeCIFAR(to folder: URL) throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let names = (1...5).map { "data_batch_\($0).bin" } + ["test_batch.bin"]
    for (batch, name) in names.enumerated() {
      var records: [UInt8] = []
      for image in 0..<8 {
        records.append(UInt8(label(batch * 8 + image)))
        for place in 0..<3072 {
          let value: Int = batch * 31 + image * 17 + place * 7
          records.append(UInt8(truncatingIfNeeded: value))
        }
      }
      try Data(records).write(to: folder.appending(path: name))
    }
  }
}
