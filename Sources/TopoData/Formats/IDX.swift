import Foundation
import TopoFoundation

/// Reads IDX files, the format of MNIST and its relatives: a big-endian header (magic number with
/// the number of dimensions, then each extent) and the bytes. Plain or gzip.
enum IDX {
  /// Images as they lie in a file.
  struct Images {
    var count: Int
    var rows: Int
    var columns: Int
    /// `[image, row, column]`
    var pixels: [UInt8]
  }

  /// The images of a file with magic number 0x00000803.
  /// - Throws: `UserError`.
  static func images(_ url: URL) throws -> Images {
    let (extents, values) = try read(url, dimensions: 3, holding: "images")
    guard extents[1] > 0, extents[2] > 0 else {
      throw UserError(
        url, "states images of \(extents[1]) x \(extents[2]) pixels; download it again")
    }
    return Images(count: extents[0], rows: extents[1], columns: extents[2], pixels: values)
  }

  /// The labels of a file with magic number 0x00000801.
  /// - Throws: `UserError`.
  static func labels(_ url: URL) throws -> [UInt8] {
    try read(url, dimensions: 1, holding: "labels").values
  }

  private static func read(
    _ url: URL, dimensions: Int, holding content: String
  ) throws -> (extents: [Int], values: [UInt8]) {
    let bytes = try Gzip.contents(of: url)
    let header = 4 + 4 * dimensions
    guard bytes.count >= header else {
      throw UserError(
        url, "has \(bytes.count) bytes, less than an IDX header's \(header); download it again")
    }
    func word(_ index: Int) -> Int {
      bytes[4 * index..<4 * index + 4].reduce(0) { $0 << 8 | Int($1) }
    }
    let expected = 0x0800 | dimensions
    guard word(0) == expected else {
      throw UserError(
        url,
        "begins with the magic number \(hex(word(0))) where IDX \(content) have \(hex(expected)); "
          + "is it another kind of file?")
    }
    let extents = (1...dimensions).map(word)
    let stated = extents.map(String.init).joined(separator: " x ")
    guard extents[0] > 0 else {
      throw UserError(url, "holds no \(content) (it states \(stated)); download it again")
    }
    var count = 1
    for extent in extents {
      let (product, overflow) = count.multipliedReportingOverflow(by: extent)
      guard !overflow else {
        throw UserError(
          url, "states \(stated) bytes, more than can be counted; it is damaged, download it again")
      }
      count = product
    }
    guard bytes.count - header == count else {
      throw UserError(
        url,
        "states \(stated) bytes of \(content) but holds \(bytes.count - header); download it again")
    }
    return (extents, Array(bytes[header...]))
  }

  private static func hex(_ value: Int) -> String {
    let digits = String(value, radix: 16)
    return "0x" + String(repeating: "0", count: max(0, 8 - digits.count)) + digits
  }
}
