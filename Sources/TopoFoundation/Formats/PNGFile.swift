import CZlib
import Foundation

/// Writes pictures as PNG (ISO/IEC 15948): 8 bits, grey or RGB, not interlaced.
public enum PNGFile {
  /// Writes a picture, whole or not at all.
  /// - Parameters:
  ///   - pixels: `[row, column, channel]`, `rows * columns * channels` bytes.
  ///   - channels: 1 for grey, 3 for RGB.
  ///   - url: the file, replaced if it is there.
  /// - Throws: `UserError` for another number of channels, or extents that PNG does not
  ///   hold.
  public static func write(
    _ pixels: [UInt8], rows: Int, columns: Int, channels: Int, to url: URL
  ) throws {
    try AtomicFile.write(
      try data(pixels, rows: rows, columns: columns, channels: channels), to: url)
  }

  /// The bytes of the file.
  /// - Throws: `UserError` as `write` does.
  static func data(_ pixels: [UInt8], rows: Int, columns: Int, channels: Int) throws -> [UInt8] {
    guard channels == 1 || channels == 3 else {
      throw UserError(
        "a picture of \(channels) channels was asked for; PNG files here have 1 or 3")
    }
    guard rows > 0, columns > 0, rows < 1 << 31, columns < 1 << 31 else {
      throw UserError(
        "a picture of \(rows) x \(columns) pixels was asked for; ask for another size")
    }
    precondition(pixels.count == rows * columns * channels, "a value for each pixel and channel")
    // Depth 8, the colour type, then the only methods of compression and filtering there are.
    let header = word(columns) + word(rows) + [8, channels == 1 ? 0 : 2, 0, 0, 0]
    let body = try compressed(filtered(pixels, width: columns * channels, channels: channels))
    return [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
      + chunk("IHDR", header) + chunk("IDAT", body) + chunk("IEND", [])
  }

  /// Each row after the filter that leaves the least sum of magnitudes: none, the difference from
  /// the pixel to the left, or from the one above. Enlarged pixels become zeros.
  private static func filtered(_ pixels: [UInt8], width: Int, channels: Int) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(pixels.count + pixels.count / width)
    var candidates = [[UInt8]](repeating: [UInt8](repeating: 0, count: width), count: 3)
    for start in stride(from: 0, to: pixels.count, by: width) {
      for index in 0..<width {
        let value = pixels[start + index]
        candidates[0][index] = value
        candidates[1][index] = value &- (index < channels ? 0 : pixels[start + index - channels])
        candidates[2][index] = value &- (start == 0 ? 0 : pixels[start + index - width])
      }
      let costs = candidates.map { row in
        row.reduce(0) { $0 + abs(Int(Int8(bitPattern: $1))) }
      }
      let best = (0..<3).min { costs[$0] < costs[$1] } ?? 0
      result.append(UInt8(best))
      result += candidates[best]
    }
    return result
  }

  private static func compressed(_ bytes: [UInt8]) throws -> [UInt8] {
    var size = compressBound(uLong(bytes.count))
    var status = Z_OK
    let result = [UInt8](unsafeUninitializedCapacity: Int(size)) { target, count in
      status = compress2(target.baseAddress, &size, bytes, uLong(bytes.count), 9)
      count = status == Z_OK ? Int(size) : 0
    }
    guard status == Z_OK else {
      throw UserError("zlib cannot compress a picture (code \(status)); ask for a smaller one")
    }
    return result
  }

  private static func chunk(_ type: String, _ body: [UInt8]) -> [UInt8] {
    let content = Array(type.utf8) + body
    return word(body.count) + content + word(Int(crc32_z(0, content, content.count)))
  }

  private static func word(_ value: Int) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
  }
}
