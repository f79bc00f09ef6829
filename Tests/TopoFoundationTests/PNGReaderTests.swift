import Foundation
import TestSupport
import Testing

@testable import TopoFoundation

@Suite("PNG images that are read") struct PNGReaderTests {
  private static let place = URL(filePath: "/photographs/frost.png")

  @Test("PNG images of each kind and filter give the same pixels") func kinds() throws {
    // 2 x 2 pixels, made by hand: gray 10 20 / 30 40 with the filters none and up; gray and
    // transparency with the filter left.
    let gray = Self.png(kind: 0, rows: [[0, 10, 20], [2, 20, 20]])
    #expect(
      try PNG.read(gray, from: Self.place).pixels
        == [10, 20, 30, 40].flatMap { [$0, $0, $0] })
    let transparent = Self.png(kind: 4, rows: [[1, 10, 255, 10, 0], [1, 30, 255, 10, 0]])
    #expect(
      try PNG.read(transparent, from: Self.place).pixels
        == [10, 20, 30, 40].flatMap { [$0, $0, $0] })
    let mean = Self.png(kind: 0, rows: [[3, 10, 15], [4, 20, 10]])
    #expect(
      try PNG.read(mean, from: Self.place).pixels
        == [10, 20, 30, 40].flatMap { [$0, $0, $0] })
    // Without the palette; and without the second row.
    #expect(throws: UserError.self) {
      try PNG.read(Self.png(kind: 3, rows: [[0, 0, 0], [0, 0, 0]]), from: Self.place)
    }
    #expect(throws: UserError.self) {
      try PNG.read(Self.png(kind: 0, rows: [[0, 0, 0]]), from: Self.place)
    }
  }

  @Test("palettes, few and many bits, and interlaced images are read") func unusualKinds() throws {
    func pixels(_ bytes: [UInt8]) throws -> [UInt8] {
      let picture = try PNG.read(bytes, from: Self.place)
      #expect(picture.rows == 2 && picture.columns == 2)
      return picture.pixels
    }
    let palette: [UInt8] = [1, 2, 3, 40, 50, 60]
    #expect(
      try pixels(Self.png(kind: 3, palette: palette, rows: [[0, 0, 1], [0, 1, 0]]))
        == [1, 2, 3, 40, 50, 60, 40, 50, 60, 1, 2, 3])
    // One bit for each pixel.
    #expect(
      try pixels(Self.png(kind: 0, depth: 1, rows: [[0, 0b0100_0000], [0, 0b1000_0000]]))
        == [0, 255, 255, 0].flatMap { [$0, $0, $0] })
    // 16 bits are rounded: 0x0AF0 is 10.9 * 257.
    let wide: [[UInt8]] = [[0, 10, 10, 10, 0xF0], [0, 0, 0, 255, 255]]
    #expect(
      try pixels(Self.png(kind: 0, depth: 16, rows: wide))
        == [10, 11, 0, 255].flatMap { [$0, $0, $0] })
    // Of Adam7's passes, the first, sixth and seventh have pixels.
    let passes: [[UInt8]] = [[0, 10], [0, 20], [0, 30, 40]]
    #expect(
      try pixels(Self.png(kind: 0, isInterlaced: true, rows: passes))
        == [10, 20, 30, 40].flatMap { [$0, $0, $0] })
  }

  @Test("what libpng says is in the sentence, and any chunk may be the damaged one")
  func damage() throws {
    func problem(_ bytes: [UInt8]) -> String {
      message { _ = try PNG.read(bytes, from: Self.place) }
    }
    let whole = Self.png(kind: 0, rows: [[0, 10, 20], [0, 30, 40]])
    #expect(
      problem(Array(whole.dropLast()))
        == "\(Self.place.path): is cut short at byte \(whole.count - 1); replace it or take it away"
    )
    var changed = whole
    changed[whole.count - 1] ^= 1
    #expect(
      problem(changed)
        == "\(Self.place.path): is damaged near byte \(whole.count) (libpng: IEND: CRC error); "
        + "replace it or take it away")
    // 3,000,000 x 2 pixels are read from the header, 2^30 x 2 are refused.
    var wide = Self.png(kind: 0, rows: [], columns: 3_000_000)
    #expect(problem(wide).contains("is damaged"))
    wide = Self.png(kind: 0, rows: [], columns: 1 << 30)
    #expect(problem(wide).contains("has 1073741824 x 2 pixels"))
  }

  /// A file of 2 rows, of 2 pixels if not given otherwise, whose filtered rows are given, not
  /// compressed.
  private static func png(
    kind: UInt8, depth: UInt8 = 8, isInterlaced: Bool = false, palette: [UInt8] = [],
    rows: [[UInt8]], columns: UInt32 = 2
  ) -> [UInt8] {
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
      + chunk("IHDR", word(columns) + word(2) + [depth, kind, 0, 0, isInterlaced ? 1 : 0])
      + (palette.isEmpty ? [] : chunk("PLTE", palette)) + chunk("IDAT", stored)
      + chunk("IEND", [])
  }
}
