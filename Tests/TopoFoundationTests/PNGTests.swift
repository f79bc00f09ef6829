import CZlib
import Foundation
import TestSupport
import Testing

@testable import TopoFoundation

@Suite("PNG") struct PNGTests {
  /// The chunks of a file; the check sums are verified.
  private func chunks(_ bytes: [UInt8]) throws -> [(type: String, body: [UInt8])] {
    #expect(bytes.prefix(8) == [0x89, 0x50, 0x4E, 0x47, 13, 10, 26, 10])
    var chunks: [(String, [UInt8])] = []
    var place = 8
    func word(_ at: Int) -> Int { bytes[at..<at + 4].reduce(0) { $0 << 8 | Int($1) } }
    while place < bytes.count {
      let length = word(place)
      let content = Array(bytes[place + 4..<place + 8 + length])
      #expect(word(place + 8 + length) == Int(crc32(0, content, uInt(content.count))))
      let type = String(decoding: content.prefix(4), as: UTF8.self)
      chunks.append((type, Array(content.dropFirst(4))))
      place += 12 + length
    }
    return chunks
  }

  /// Reads a picture by the standard's rules for filters 0, 1 and 2.
  private func decode(_ bytes: [UInt8]) throws -> (rows: Int, columns: Int, pixels: [UInt8]) {
    let chunks = try chunks(bytes)
    #expect(chunks.map(\.type) == ["IHDR", "IDAT", "IEND"])
    let header = chunks[0].body
    #expect(header[8] == 8 && header[10...12].allSatisfy { $0 == 0 })
    let channels = header[9] == 0 ? 1 : 3
    #expect(header[9] == 0 || header[9] == 2)
    let columns = header[..<4].reduce(0) { $0 << 8 | Int($1) }
    let rows = header[4..<8].reduce(0) { $0 << 8 | Int($1) }
    var raw = [UInt8](repeating: 0, count: rows * (columns * channels + 1))
    var size = uLong(raw.count)
    #expect(uncompress(&raw, &size, chunks[1].body, uLong(chunks[1].body.count)) == Z_OK)
    #expect(size == raw.count)
    let width = columns * channels
    var pixels = [UInt8](repeating: 0, count: rows * width)
    for row in 0..<rows {
      let filter = raw[row * (width + 1)]
      #expect(filter <= 2)
      for index in 0..<width {
        let left = index < channels ? 0 : pixels[row * width + index - channels]
        let above = row == 0 ? 0 : pixels[(row - 1) * width + index]
        pixels[row * width + index] =
          raw[row * (width + 1) + 1 + index] &+ (filter == 0 ? 0 : filter == 1 ? left : above)
      }
    }
    return (rows, columns, pixels)
  }

  @Test("images read back", arguments: [(5, 7, 1), (9, 4, 3), (1, 1, 1), (1, 1, 3), (40, 60, 3)])
  func roundTrip(rows: Int, columns: Int, channels: Int) throws {
    // Smooth, enlarged and rough rows, so that each filter is taken somewhere.
    let pixels = (0..<rows * columns * channels).map { index -> UInt8 in
      let row = index / (columns * channels)
      switch row % 3 {
      case 0: return UInt8(truncatingIfNeeded: index * 3)
      case 1: return UInt8(truncatingIfNeeded: (index - columns * channels) * 3)
      default: return UInt8(truncatingIfNeeded: index &* 2_654_435_761 >> 7)
      }
    }
    let folder = try TemporaryFolder()
    let url = folder.url.appending(path: "a.png")
    try PNG.write(pixels, rows: rows, columns: columns, channels: channels, to: url)
    let picture = try decode(try FileContents.read(url))
    #expect(picture.rows == rows && picture.columns == columns)
    #expect(picture.pixels == pixels)
  }

  @Test("enlarged pixels take little space") func enlargedPixelsTakeLittleRoom() throws {
    let pixels = (0..<300 * 300).map { pixel -> UInt8 in
      let (row, column) = (pixel / 300, pixel % 300)
      return UInt8(truncatingIfNeeded: (row / 10 * 37) ^ (column / 10 * 91))
    }
    let data = try PNG.data(pixels, rows: 300, columns: 300, channels: 1)
    #expect(data.count < 300 * 300 / 20)
  }

  @Test("images that PNG cannot hold are refused") func whatPNGDoesNotHoldIsRefused() throws {
    let two = message { _ = try PNG.data([1, 2], rows: 1, columns: 1, channels: 2) }
    #expect(two.contains("1 or 3"))
    let empty = message { _ = try PNG.data([], rows: 0, columns: 5, channels: 1) }
    #expect(empty.contains("0 x 5"))
  }
}
