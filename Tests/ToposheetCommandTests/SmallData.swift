import Foundation
import Testing

/// Data sets in files, made here: IDX and CIFAR.
enum SmallData {
  static func word(_ value: Int) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
  }

  /// Grey images of which the brightest rows say the class.
  static func images(_ count: Int, side: Int = 12) -> [UInt8] {
    var bytes = [0x803, count, side, side].flatMap(word)
    for image in 0..<count {
      for place in 0..<side * side {
        let texture = (image * 37 + place * 11) % 97
        let bar = place / side == label(image) % side ? 150 : 0
        bytes.append(UInt8(texture + bar))
      }
    }
    return bytes
  }

  static func label(_ image: Int) -> Int { image * 7 % 10 }

  static func labels(_ count: Int) -> [UInt8] {
    [0x801, count].flatMap(word) + (0..<count).map { UInt8(label($0)) }
  }

  static let names = [
    "train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte",
    "t10k-labels-idx1-ubyte",
  ]

  /// Writes 60 training and 20 test images.
  static func writeIDX(to folder: URL, side: Int = 12) throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let contents = [images(60, side: side), labels(60), images(20, side: side), labels(20)]
    for (name, bytes) in zip(names, contents) {
      try Data(bytes).write(to: folder.appending(path: name))
    }
  }

  /// Writes five training batches and a test batch of eight images each.
  static func writeCIFAR(to folder: URL) throws {
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

/// A folder with small data in it, and names in it that a command is given.
struct Workplace {
  let temporary: TemporaryFolder
  let data: String

  init() throws {
    temporary = try TemporaryFolder()
    data = temporary.url.appending(path: "data").path
    try SmallData.writeIDX(to: URL(filePath: data))
  }

  func url(_ name: String) -> URL { temporary.url.appending(path: name) }
  func path(_ name: String) -> String { url(name).path }

  /// Arguments of a training of two members on the small data.
  func train(_ out: String, _ more: [String] = []) -> [String] {
    [
      "train", "--data", data, "--architecture", "mnist", "--penalty", "ws", "--lambda", "0.5",
      "--seeds", "0-1", "--epochs", "2", "--batch", "16", "--device", "cpu", "--out", path(out),
    ] + more
  }

  /// A network trained for one epoch.
  func model() throws -> URL {
    let result = try Command.run([
      "train", "--data", data, "--architecture", "mnist", "--penalty", "control", "--seeds", "7",
      "--epochs", "1", "--device", "cpu", "--out", path("trained"),
    ])
    try #require(result.status == 0, "\(result.errors)")
    return url("trained/control/seed-7/model.safetensors")
  }

  func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: path(name)) }

  /// The small data with one file replaced.
  func damaged(_ name: String, _ file: String, _ bytes: [UInt8], plain: String? = nil) throws
    -> String
  {
    let folder = url(name)
    try SmallData.writeIDX(to: folder)
    if let plain { try FileManager.default.removeItem(at: folder.appending(path: plain)) }
    try Data(bytes).write(to: folder.appending(path: file))
    return folder.path
  }
}
