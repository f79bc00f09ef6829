import Foundation
import TopoFoundation

/// Reads the binary batches of CIFAR-10 and CIFAR-100: records of one label byte (CIFAR-100: the
/// coarse, then the fine label, of which the fine one counts) and 3 x 32 x 32 pixels.
struct CIFARBinary {
  /// Number of classes: 10 or 100.
  var classes: Int

  private var labelBytes: Int { classes == 100 ? 2 : 1 }
  /// Bytes of an image with its labels.
  var record: Int { labelBytes + Self.shape.count }
  private static let shape = ImageShape(channels: 3, rows: 32, columns: 32)

  /// The images of the files, one after another.
  /// - Throws: `UserError` when one cannot be read, is empty, has a size that is not a multiple
  ///   of the record, or a label out of range.
  func read(_ files: [URL]) throws -> ImageSet {
    var images: [UInt8] = []
    var labels: [Int32] = []
    for file in files {
      let bytes = try FileContents.read(file)
      guard !bytes.isEmpty else { throw UserError(file, "is empty; download it again") }
      guard bytes.count % record == 0 else {
        throw UserError(
          file,
          "has \(bytes.count) bytes, which is not a multiple of CIFAR-\(classes)'s record of "
            + "\(record); it is cut short or another file, download it again")
      }
      images.reserveCapacity(files.count * bytes.count)
      for start in stride(from: 0, to: bytes.count, by: record) {
        let label = bytes[start + labelBytes - 1]
        guard Int(label) < classes else {
          throw UserError(
            file,
            "gives image \(start / record) the label \(label), but CIFAR-\(classes) has labels 0 "
              + "to \(classes - 1); download it again")
        }
        labels.append(Int32(label))
        images.append(contentsOf: bytes[start + labelBytes..<start + record])
      }
    }
    return ImageSet(images: images, labels: labels, shape: Self.shape, classes: classes)
  }
}
