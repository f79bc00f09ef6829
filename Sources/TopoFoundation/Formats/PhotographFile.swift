import Foundation

/// Reads photographs of JPEG or PNG.
package enum PhotographFile {
  /// Reads a file.
  /// - Returns: red, green and blue, `[row, column, 3]`, with rows and columns.
  /// - Throws: `UserError` if it cannot be read, is neither JPEG nor PNG, or is damaged.
  package static func read(_ url: URL) throws -> (pixels: [UInt8], rows: Int, columns: Int) {
    let bytes = try FileContents.read(url)
    return PNG.isPNG(bytes)
      ? try PNG.read(bytes, from: url) : try JPEGCodec.read(bytes, from: url)
  }

  /// Pixels of a photograph beyond which it is refused.
  static let mostPixels = 1 << 26

  /// - Throws: `UserError` if an image of this size is empty or larger than any photograph.
  static func check(rows: Int, columns: Int, of url: URL) throws {
    guard rows > 0, columns > 0, columns <= mostPixels, rows * columns <= mostPixels else {
      throw UserError(
        url, "has \(columns) x \(rows) pixels; make it at most 64 million of them")
    }
  }
}
