import CZlib
import Foundation

/// Reads PNG files (ISO/IEC 15948) of 8 bits per channel that are not interlaced: what
/// photographs of frost are published as.
enum PNGReader {
  private static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

  /// Whether `bytes` begins as a PNG file does.
  static func isPNG(_ bytes: [UInt8]) -> Bool { bytes.starts(with: signature) }

  /// Reads an image; transparency is ignored.
  /// - Returns: red, green and blue, `[row, column, 3]`, with rows and columns.
  /// - Throws: `UserError` where it is cut short, damaged, or of another kind.
  static func read(
    _ bytes: [UInt8], from url: URL
  ) throws -> (pixels: [UInt8], rows: Int, columns: Int) {
    var place = signature.count
    var header: Header?
    var data: [UInt8] = []
    while true {
      guard place + 12 <= bytes.count else {
        throw UserError(url, "is cut short at byte \(bytes.count); replace it or take it away")
      }
      let count = Int(word(bytes, place))
      guard count <= bytes.count - place - 12 else {
        throw UserError(url, "is cut short at byte \(bytes.count); replace it or take it away")
      }
      let name = String(decoding: bytes[place + 4..<place + 8], as: UTF8.self)
      let sum = bytes.withUnsafeBufferPointer { bytes in
        bytes.baseAddress.map { crc32(0, $0 + place + 4, UInt32(count + 4)) } ?? 0
      }
      guard UInt32(sum) == word(bytes, place + 8 + count) else {
        throw UserError(url, "is damaged near byte \(place); replace it or take it away")
      }
      let content = bytes[place + 8..<place + 8 + count]
      switch name {
      case "IHDR": header = try Header(Array(content), url)
      case "IDAT": data += content
      case "IEND":
        guard let header else {
          throw UserError(url, "has no PNG header; replace it or take it away")
        }
        return try decode(data, header, url)
      default: break
      }
      place += 12 + count
    }
  }

  private static func word(_ bytes: [UInt8], _ place: Int) -> UInt32 {
    bytes[place..<place + 4].reduce(0) { $0 << 8 | UInt32($1) }
  }

  private struct Header {
    var rows: Int
    var columns: Int
    var channels: Int

    init(_ content: [UInt8], _ url: URL) throws {
      guard content.count == 13 else {
        throw UserError(url, "has no PNG header; replace it or take it away")
      }
      (columns, rows) = (Int(word(content, 0)), Int(word(content, 4)))
      // Kinds of pixels: grey, colour, grey and colour with transparency; 3 is a palette.
      guard content[8] == 8, content[12] == 0,
        let channels = [0: 1, 2: 3, 4: 2, 6: 4][content[9]]
      else {
        throw UserError(
          url,
          "is a PNG image with a palette, interlaced, or not of 8 bits; save it as a plain one")
      }
      self.channels = channels
      try PhotographFile.check(rows: rows, columns: columns, of: url)
    }
  }

  private static func decode(
    _ data: [UInt8], _ header: Header, _ url: URL
  ) throws -> (pixels: [UInt8], rows: Int, columns: Int) {
    let stride = header.columns * header.channels
    var raw = [UInt8](repeating: 0, count: (stride + 1) * header.rows)
    var size = uLongf(raw.count)
    let status = uncompress(&raw, &size, data, uLong(data.count))
    guard status == Z_OK, Int(size) == raw.count else {
      throw UserError(url, "is damaged (zlib code \(status)); replace it or take it away")
    }
    var pixels = [UInt8](repeating: 0, count: 3 * header.rows * header.columns)
    var above = [UInt8](repeating: 0, count: stride)
    for row in 0..<header.rows {
      let start = row * (stride + 1)
      guard raw[start] <= 4 else {
        throw UserError(url, "is damaged in row \(row); replace it or take it away")
      }
      var line = Array(raw[start + 1...start + stride])
      unfilter(&line, above, kind: raw[start], channels: header.channels)
      for column in 0..<header.columns {
        for color in 0..<3 {
          pixels[3 * (row * header.columns + column) + color] =
            line[column * header.channels + (header.channels >= 3 ? color : 0)]
        }
      }
      above = line
    }
    return (pixels, header.rows, header.columns)
  }

  /// Adds the prediction from the left, from above, their mean, or Paeth's.
  private static func unfilter(
    _ line: inout [UInt8], _ above: [UInt8], kind: UInt8, channels: Int
  ) {
    for index in line.indices {
      let left = index >= channels ? Int(line[index - channels]) : 0
      let up = Int(above[index])
      let corner = index >= channels ? Int(above[index - channels]) : 0
      let prediction: Int
      switch kind {
      case 1: prediction = left
      case 2: prediction = up
      case 3: prediction = (left + up) / 2
      case 4:
        let (a, b, c) = (abs(up - corner), abs(left - corner), abs(left + up - 2 * corner))
        prediction = a <= b && a <= c ? left : b <= c ? up : corner
      default: return
      }
      line[index] = line[index] &+ UInt8(prediction)
    }
  }
}
