import Foundation
import TopoFoundation

/// Photographs of frost, for the corruption of that name: none are part of this software.
///
/// CIFAR-10-C takes every fifth pixel of them along both axes, MNIST-C their luminance at full
/// size; of each photograph, any place may be taken.
public final class FrostPhotographs: Sendable {
  /// A photograph: bytes `[channel, row, column]`.
  struct Photograph: Sendable {
    var name: String
    var rows: Int
    var columns: Int
    var bytes: [UInt8]
  }

  /// The folder that they were read from.
  public let folder: String
  /// Names of the files, in order.
  public var names: [String] { colors.map(\.name) }
  /// Distinguishes sets of photographs: CRC-32 of names, sizes and pixels.
  public let checksum: UInt32
  /// Every fifth pixel, three channels.
  let colors: [Photograph]
  /// All pixels, one channel.
  let grays: [Photograph]

  /// Reads all JPEG and PNG files of a folder, in the order of their names.
  /// - Throws: `UserError` if the folder or a file cannot be read, or there is none.
  public init(folder: URL) throws {
    self.folder = folder.path
    let names: [String]
    do {
      names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    } catch {
      throw UserError(folder, "cannot be listed; name a folder with photographs of frost")
    }
    let photographs = names.filter { name in
      ["jpg", "jpeg", "png"].contains(URL(filePath: name).pathExtension.lowercased())
    }.sorted()
    guard !photographs.isEmpty else {
      throw UserError(folder, "has no .jpg, .jpeg or .png file; put photographs of frost there")
    }
    var (colors, grays): ([Photograph], [Photograph]) = ([], [])
    var checksum = Checksum()
    for name in photographs {
      let (pixels, rows, columns) = try PhotographFile.read(folder.appending(path: name))
      Array("\(name) \(rows) x \(columns)".utf8).withUnsafeBytes { checksum.add($0) }
      pixels.withUnsafeBytes { checksum.add($0) }
      colors.append(FrostPhotographs.fifth(name, pixels, rows, columns))
      grays.append(FrostPhotographs.gray(name, pixels, rows, columns))
    }
    (self.colors, self.grays) = (colors, grays)
    self.checksum = checksum.value
  }

  /// Checks that pieces of this size can be cut out of every photograph.
  /// - Parameter scaled: whether every fifth pixel is used.
  /// - Throws: `UserError` that names the photograph and the size that is needed.
  func check(rows: Int, columns: Int, scaled: Bool) throws {
    for photograph in scaled ? colors : grays {
      guard photograph.rows < rows || photograph.columns < columns else { continue }
      let factor = scaled ? 5 : 1
      throw UserError(
        "the photograph of frost \(folder)/\(photograph.name) is too small: it needs at least "
          + "\(columns * factor) x \(rows * factor) pixels; take a larger one")
    }
  }

  /// Every fifth pixel, from the third on: what bilinear scaling by 0.2 about pixel centers, as
  /// OpenCV does it, comes to.
  private static func fifth(
    _ name: String, _ pixels: [UInt8], _ rows: Int, _ columns: Int
  ) -> Photograph {
    let (few, fewer) = ((rows + 2) / 5, (columns + 2) / 5)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(3 * few * fewer)
    for channel in 0..<3 {
      for row in 0..<few {
        for column in 0..<fewer {
          bytes.append(pixels[((5 * row + 2) * columns + 5 * column + 2) * 3 + channel])
        }
      }
    }
    return Photograph(name: name, rows: few, columns: fewer, bytes: bytes)
  }

  private static func gray(
    _ name: String, _ pixels: [UInt8], _ rows: Int, _ columns: Int
  ) -> Photograph {
    let bytes = (0..<rows * columns).map { pixel in
      byteLuminance(pixels[3 * pixel], pixels[3 * pixel + 1], pixels[3 * pixel + 2])
    }
    return Photograph(name: name, rows: rows, columns: columns, bytes: bytes)
  }

  /// The rounded luminance of a color.
  static func byteLuminance(_ red: UInt8, _ green: UInt8, _ blue: UInt8) -> UInt8 {
    UInt8(Luminance.of(Float(red), Float(green), Float(blue)).rounded())
  }
}

extension FrostPhotographs: Hashable {
  /// Whether names and pixels are the same.
  public static func == (left: FrostPhotographs, right: FrostPhotographs) -> Bool {
    left.checksum == right.checksum && left.names == right.names
  }

  /// Hashes the checksum.
  public func hash(into hasher: inout Hasher) { hasher.combine(checksum) }
}
