import Foundation
import Testing

@testable import TopoFoundation

@Suite("PNG images that are read") struct PNGReaderTests {
  private static let place = URL(filePath: "/photographs/frost.png")

  @Test("PNG images of each kind and filter give the same pixels")
  func kinds() throws {
    // 2 x 2 pixels, made by hand: grey 10 20 / 30 40 with the filters none and up; grey and
    // transparency with the filter left.
    let grey = Self.png(kind: 0, rows: [[0, 10, 20], [2, 20, 20]])
    #expect(
      try PNGReader.read(grey, from: Self.place).pixels
        == [10, 20, 30, 40].flatMap { [$0, $0, $0] })
    let transparent = Self.png(kind: 4, rows: [[1, 10, 255, 10, 0], [1, 30, 255, 10, 0]])
    #expect(
      try PNGReader.read(transparent, from: Self.place).pixels
        == [10, 20, 30, 40].flatMap { [$0, $0, $0] })
    let mean = Self.png(kind: 0, rows: [[3, 10, 15], [4, 20, 10]])
    #expect(
      try PNGReader.read(mean, from: Self.place).pixels
        == [10, 20, 30, 40].flatMap { [$0, $0, $0] })
    #expect(throws: UserError.self) {
      try PNGReader.read(Self.png(kind: 3, rows: [[0, 0, 0], [0, 0, 0]]), from: Self.place)
    }
    #expect(throws: UserError.self) {
      try PNGReader.read(Self.png(kind: 0, rows: [[0, 0, 0]]), from: Self.place)
    }
  }

  /// A file of 2 x 2 pixels whose filtered rows are given, not compressed.
  private static func png(kind: UInt8, rows: [[UInt8]]) -> [UInt8] {
    func word(_ value: UInt32) -> [UInt8] { (0..<4).map { UInt8(value >> (24 - 8 * $0) & 255) } }
    func crc(_ bytes: [UInt8]) -> UInt32 {
      ~bytes.reduce(~0) { sum, byte in
        (0..<8).reduce(sum ^ UInt32(byte)) { value, _ in
          value & 1 == 1 ? value >> 1 ^ 0xEDB8_8320 : value >> 1
        }
      }
    }
    func chunk(_ name: String, _ content: [UInt8]) -> [UInt8] {
      let named = Array(name.utf8) + content
      return word(UInt32(content.count)) + named + word(crc(named))
    }
    let raw = rows.flatMap { $0 }
    var (a, b): (UInt32, UInt32) = (1, 0)
    for byte in raw {
      a = (a + UInt32(byte)) % 65_521
      b = (b + a) % 65_521
    }
    let count = UInt16(raw.count)
    let stored: [UInt8] =
      [0x78, 1, 1, UInt8(count & 255), UInt8(count >> 8), UInt8(~count & 255), UInt8(~count >> 8)]
      + raw + word(b << 16 | a)
    return [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
      + chunk("IHDR", word(2) + word(2) + [8, kind, 0, 0, 0]) + chunk("IDAT", stored)
      + chunk("IEND", [])
  }
}
