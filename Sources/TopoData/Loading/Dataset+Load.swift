import Foundation
import TopoFoundation

extension Dataset {
  /// Reads a data set: IDX files (plain or gzip) or CIFAR binary batches.
  ///
  /// ```swift
  /// let data = try Dataset.load("fashion-mnist")
  /// print(data.training.count, data.test.shape)  // 60000 1 x 28 x 28
  /// ```
  ///
  /// A name (`mnist`, `fashion-mnist`, `kmnist`, `emnist`, `emnist-letters`, `cifar10`,
  /// `cifar100`) is looked up in `$TOPOSHEET_DATA/<name>`, `$TOPOSHEET_DATA`,
  /// `/usr/share/datasets/<name>`, `/usr/local/share/datasets/<name>` and
  /// `~/.local/share/datasets/<name>`. Anything else is a folder; its own name distinguishes MNIST
  /// from its look-alikes. Images of unknown origin are normalized by their own statistics.
  /// - Parameters:
  ///   - nameOrFolder: what to load.
  ///   - environment: where `TOPOSHEET_DATA` and `HOME` are looked up.
  /// - Throws: `UserError` if it is not found, or damaged.
  public static func load(
    _ nameOrFolder: String,
    environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws -> Dataset {
    let source = try DatasetSource.find(nameOrFolder, environment: environment)
    let (training, test) = (try source.images(of: .training), try source.images(of: .test))
    guard training.shape == test.shape else {
      throw UserError(
        "\(nameOrFolder): the training images are \(training.shape) but the test images "
          + "\(test.shape); they belong to different data sets")
    }
    return Dataset(
      name: source.name, training: training, test: test,
      normalization: source.known?.normalization ?? Normalization(of: training),
      classNames: source.known?.classNames.flatMap { $0.count == training.classes ? $0 : nil })
  }
}

extension DatasetSource {
  /// Reads the images of a split, whose files are there.
  /// - Throws: `UserError` if they are damaged.
  func images(of split: Split) throws -> ImageSet {
    switch files {
    case .cifar(let format, let training, let test):
      return try format.read((split == .training ? training : test) ?? [])
    case .idx(let training, let test, let variant):
      guard let pair = split == .training ? training : test else {
        preconditionFailure("files of a split that were not asked for are read")
      }
      return try Self.read(pair, variant: variant)
    }
  }

  private static func read(_ files: DatasetFiles.Pair, variant: EMNISTVariant?) throws -> ImageSet {
    var images = try IDX.images(files.images)
    let labels = try IDX.labels(files.labels)
    guard images.count == labels.count else {
      throw UserError(
        files.labels,
        "holds \(labels.count.counted("label")), but \(files.images.path) holds "
          + "\(images.count.counted("image")); "
          + "the two files do not belong together")
    }
    // EMNIST aside, every IDX set of this family has ten classes.
    let (classes, first) = (variant?.classes ?? 10, variant?.firstLabel ?? 0)
    if let wrong = labels.firstIndex(where: { Int($0) < first || Int($0) >= first + classes }) {
      throw UserError(
        files.labels,
        "gives image \(wrong) the label \(labels[wrong]), but labels go from \(first) to "
          + "\(first + classes - 1) here; is it another data set?")
    }
    if variant != nil { transpose(&images) }
    return ImageSet(
      images: images.pixels, labels: labels.map { Int32($0) - Int32(first) },
      shape: ImageShape(channels: 1, rows: images.rows, columns: images.columns), classes: classes)
  }

  /// EMNIST's files hold each image column by column.
  private static func transpose(_ images: inout IDX.Images) {
    let (rows, columns) = (images.rows, images.columns)
    let transposed = [UInt8](unsafeUninitializedCapacity: images.pixels.count) { target, count in
      images.pixels.withUnsafeBufferPointer { source in
        for start in stride(from: 0, to: source.count, by: rows * columns) {
          for row in 0..<rows {
            for column in 0..<columns {
              target[start + column * rows + row] = source[start + row * columns + column]
            }
          }
        }
      }
      count = images.pixels.count
    }
    images = IDX.Images(count: images.count, rows: columns, columns: rows, pixels: transposed)
  }
}
