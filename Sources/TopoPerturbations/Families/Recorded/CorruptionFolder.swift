import Foundation
import TopoFoundation

/// A folder of published corrupted images, in one of two layouts:
///
/// - CIFAR-10-C, CIFAR-100-C: `fog.npy` and others, uint8 `[5 x images, rows, columns, 3]`, severity
///   by severity, and `labels.npy`.
/// - MNIST-C: `fog/test_images.npy` and others, uint8 `[images, rows, columns, 1]`, each at the
///   severity that its authors chose, and `fog/test_labels.npy`.
///
/// Images stand in the order of the data set that they were made from, which is checked by their
/// labels.
public struct CorruptionFolder: Sendable {
  /// Where the files are.
  public let url: URL
  /// Name of the published set: `CIFAR-10-C`, `MNIST-C`.
  public let collection: String
  /// What was found, in the usual order.
  public let perturbations: [RecordedCorruption]

  /// Opens the files; images are read when they are needed.
  /// - Parameters:
  ///   - url: the folder, or the one above it, as archives unpack.
  ///   - labels: of the images that are to be replaced, in their order: the first ones of a test set,
  ///     or all.
  ///   - shape: of an image.
  ///   - classes: of the data set.
  ///   - training: MNIST-C's training images rather than its test images.
  /// - Throws: `UserError` for a folder or file that is not as above, or of another data set.
  public init(
    _ url: URL, labels: [Int32], shape: ImageShape, classes: Int = 10, training: Bool = false
  ) throws {
    let part = training ? "train" : "test"
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder),
      isFolder.boolValue
    else {
      throw UserError(url, "is not a folder; give the folder of CIFAR-10-C's or MNIST-C's files")
    }
    for name in ["", "CIFAR-10-C", "CIFAR-100-C", "mnist_c"] {
      let place = name.isEmpty ? url : url.appending(path: name)
      let files = Files(place, part: part)
      if let layout = files.layout {
        self.url = place
        collection =
          switch layout {
          case .blocks: classes == 100 ? "CIFAR-100-C" : "CIFAR-10-C"
          case .folders: "MNIST-C"
          }
        let truth = CorruptionLabels(expected: labels, shape: shape)
        perturbations =
          switch layout {
          case .blocks: try files.blocks(truth, collection: collection)
          case .folders: try files.folders(truth, collection: collection, part: part)
          }
        return
      }
    }
    throw UserError(
      url,
      "holds neither CIFAR-10-C's files (fog.npy, ..., labels.npy) nor MNIST-C's "
        + "(fog/\(part)_images.npy, ...); give the folder that holds them")
  }
}

extension CorruptionFolder {
  /// Names of the published files in the order of the paper, the four extra ones last.
  static let blockNames = [
    "gaussian_noise", "shot_noise", "impulse_noise", "defocus_blur", "glass_blur", "motion_blur",
    "zoom_blur", "snow", "frost", "fog", "brightness", "contrast", "elastic_transform", "pixelate",
    "jpeg_compression", "speckle_noise", "gaussian_blur", "spatter", "saturate",
  ]

  /// MNIST-C's corruptions, in the order of its authors, with the severities that its files hold;
  /// its folders have underscores in their names.
  public static let publishedMNIST: [(name: String, severity: Double)] = [
    ("identity", 1), ("shot-noise", 5), ("impulse-noise", 4), ("glass-blur", 1),
    ("motion-blur", 1), ("shear", 2), ("scale", 3), ("rotate", 2), ("brightness", 5),
    ("translate", 3), ("stripe", 1), ("fog", 5), ("spatter", 4), ("dotted-line", 1), ("zigzag", 1),
    ("canny-edges", 1),
  ]

  /// `gaussian-noise` of `gaussian_noise`.
  static func hyphenated(_ name: String) -> String { name.replacingOccurrences(of: "_", with: "-") }
}

/// The files that a folder holds.
private struct Files {
  enum Layout { case blocks, folders }

  let folder: URL
  /// Names that are there, in the usual order.
  let blocks: [String]
  let folders: [(name: String, severity: Double)]

  init(_ folder: URL, part: String) {
    self.folder = folder
    func exists(_ path: String) -> Bool {
      FileManager.default.fileExists(atPath: folder.appending(path: path).path)
    }
    blocks = CorruptionFolder.blockNames.filter { exists("\($0).npy") }
    folders = CorruptionFolder.publishedMNIST.map { published in
      (String(published.name.map { $0 == "-" ? "_" : $0 }), published.severity)
    }.filter { exists("\($0.0)/\(part)_images.npy") }
  }

  var layout: Layout? {
    blocks.isEmpty ? folders.isEmpty ? nil : .folders : .blocks
  }

  func blocks(
    _ truth: CorruptionLabels, collection: String
  ) throws -> [RecordedCorruption] {
    let labels = try NPYFile.open(folder.appending(path: "labels.npy"))
    return try blocks.map { name in
      let file = try NPYFile.open(folder.appending(path: "\(name).npy"))
      let count = try truth.count(in: file, blocks: 5)
      try truth.check(labels, count: count, blocks: 5)
      return try RecordedCorruption(
        label: "corruption/\(CorruptionFolder.hyphenated(name))",
        severities: [1, 2, 3, 4, 5], shape: truth.shape, count: count, file: file,
        collection: collection, reference: "Hendrycks & Dietterich 2019, arXiv 1903.12261",
        fingerprint: file.fingerprint())
    }
  }

  func folders(
    _ truth: CorruptionLabels, collection: String, part: String
  ) throws -> [RecordedCorruption] {
    try folders.map { name, severity in
      let file = try NPYFile.open(folder.appending(path: "\(name)/\(part)_images.npy"))
      let labels = try NPYFile.open(folder.appending(path: "\(name)/\(part)_labels.npy"))
      let count = try truth.count(in: file, blocks: 1)
      try truth.check(labels, count: count, blocks: 1)
      return try RecordedCorruption(
        label: "mnist-c/\(CorruptionFolder.hyphenated(name))", severities: [severity],
        shape: truth.shape, count: count, file: file, collection: collection,
        reference: "Mu & Gilmer 2019, MNIST-C, arXiv 1906.02337",
        fingerprint: file.fingerprint())
    }
  }
}
