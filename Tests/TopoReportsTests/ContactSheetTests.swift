import Foundation
import TestSupport
import Testing
import TopoData
import TopoFoundation
import TopoPerturbations

@testable import TopoReports

@Suite("Contact sheets") struct ContactSheetTests {
  static func images(_ shape: ImageShape, count: Int = 3) -> ImageSet {
    ImageSet(
      images: (0..<count * shape.count).map { UInt8(truncatingIfNeeded: $0 &* 7 + 3) },
      labels: [Int32](repeating: 1, count: count), shape: shape, classes: 10)
  }

  static let gray = ImageShape(channels: 1, rows: 10, columns: 12)
  static let color = ImageShape(channels: 3, rows: 10, columns: 12)

  private func pixel(_ canvas: Canvas, _ row: Int, _ column: Int) -> [UInt8] {
    let start = (row * canvas.columns + column) * canvas.channels
    return Array(canvas.pixels[start..<start + canvas.channels])
  }

  /// Each of an image's pixels is a square in its place, channel by channel.
  @Test("images are where the layout says", arguments: [gray, color])
  func imagesAreWhereTheLayoutSays(_ shape: ImageShape) throws {
    let images = Self.images(shape)
    let rows = [ContactSheet.Row(Noise(.white), severities: [0.1, 0.2], seed: 4)]
    let sheet = try ContactSheet(images: images, examples: 2, rows: rows, magnification: 3)
    let canvas = try sheet.drawn()
    let layout = ContactSheetLayout(sheet)
    #expect(canvas.rows == layout.height && canvas.columns == layout.width)
    for (column, level) in [0, 0.1, 0.2].enumerated() {
      let values = try Noise(.white).apply(
        to: images.images, shape: shape, severity: level, draw: 0, seed: 4)
      for example in 0..<2 {
        for row in 0..<10 {
          for place in 0..<12 {
            let expected = (0..<shape.channels).map { channel -> UInt8 in
              let index = example * shape.count + (channel * 10 + row) * 12 + place
              return UInt8((values[index] * 255).rounded())
            }
            let top = layout.bands[0].top + example * layout.examplePitch + row * 3
            let left = layout.left(of: column) + place * 3
            #expect(pixel(canvas, top, left) == expected)
            #expect(pixel(canvas, top + 2, left + 2) == expected)
          }
        }
      }
    }
  }

  /// Rows whose severities agree stand under one heading.
  @Test("headings stand above their columns") func headings() throws {
    let rows = [
      ContactSheet.Row(MNISTCorruption(.identity)), .init(MNISTCorruption(.shear)),
      .init(MNISTCorruption(.stripe)), .init(Noise(.white)), .init(Noise(.pink)),
      .init(MNISTCorruption(.scale), severities: [5, 2]),
    ]
    let sheet = try ContactSheet(images: Self.images(Self.gray), rows: rows)
    let bands = ContactSheetLayout(sheet).bands
    #expect(bands.map(\.rows.count) == [3, 2, 1])
    #expect(bands.map(\.severities) == [[1, 2, 3, 4, 5], Noise.publishedLevels, [2, 5]])
    #expect(bands[0].columns(of: rows[2]) == [0, 1])
    #expect(bands[2].columns(of: rows[5]) == [0, 2, 1])
    #expect(zip(bands, bands.dropFirst()).allSatisfy { $0.top < $1.top })
  }

  /// Names and headings leave the images' place free.
  @Test("text and images do not touch") func textAndImagesDoNotMeet() throws {
    let rows = [ContactSheet.Row(MNISTCorruption(.dottedLine)), .init(Noise(.saltAndPepper))]
    let sheet = try ContactSheet(images: Self.images(Self.gray), rows: rows, magnification: 1)
    let layout = ContactSheetLayout(sheet)
    #expect(layout.rowPitch >= layout.examplePitch)
    #expect(Canvas.width(of: "dotted-line", size: 2) + 16 < layout.left(of: 0))
    let canvas = try sheet.drawn()
    // Black text on the left, in every row of perturbations.
    for band in layout.bands {
      for index in band.rows.indices {
        let top = band.top + index * layout.rowPitch
        let dark = (top..<top + layout.rowPitch - 12).contains { row in
          (0..<layout.left(of: 0) - 2).contains { pixel(canvas, row, $0)[0] == 0 }
        }
        #expect(dark)
      }
    }
  }

  @Test("every printable character has a glyph") func everyPrintableCharacterHasAPicture() {
    let frame = BitmapFont.glyph("\u{E9}")
    var seen: Set<[UInt8]> = []
    for code in UInt8(33)...126 {
      let glyph = BitmapFont.glyph(Character(UnicodeScalar(code)))
      #expect(glyph.count == BitmapFont.rows && glyph.allSatisfy { $0 < 32 })
      #expect(glyph != frame && glyph.contains { $0 != 0 })
      #expect(seen.insert(glyph).inserted, "\(Character(UnicodeScalar(code))) looks like another")
    }
    #expect(BitmapFont.glyph(" ").allSatisfy { $0 == 0 })
  }

  @Test("a letter is drawn as in the table") func aLetterIsDrawnAsInTheTable() {
    var canvas = Canvas(rows: 12, columns: 12, channels: 1)
    canvas.write("T", row: 1, column: 2, size: 1)
    for column in 2..<7 { #expect(pixel(canvas, 1, column) == [0]) }
    for row in 2..<8 {
      #expect(pixel(canvas, row, 4) == [0] && pixel(canvas, row, 3) == [255])
    }
    #expect(canvas.pixels.count { $0 == 0 } == 11)
  }

  @Test("rows that cannot be drawn are refused") func whatCannotBeDrawnIsRefused() throws {
    let images = Self.images(Self.gray)
    let row = ContactSheet.Row(Noise(.white))
    #expect(message { _ = try ContactSheet(images: images, rows: []) }.contains("at least one"))
    #expect(
      message { _ = try ContactSheet(images: images, examples: 4, rows: [row]) }
        .contains("only 3"))
    #expect(
      message { _ = try ContactSheet(images: images, examples: 0, rows: [row]) }
        .contains("at least 1"))
    #expect(
      message { _ = try ContactSheet(images: images, rows: [row], magnification: 65) }
        .contains("from 1 to 64"))
    #expect(
      message {
        let beyond = ContactSheet.Row(MNISTCorruption(.shear), severities: [9])
        _ = try ContactSheet(images: images, rows: [beyond])
      }.contains("no severity 9"))
    let two = Self.images(ImageShape(channels: 2, rows: 10, columns: 12))
    #expect(message { _ = try ContactSheet(images: two, rows: [row]) }.contains("2 channels"))
    #expect(
      message {
        let large = Self.images(ImageShape(channels: 1, rows: 300, columns: 300), count: 1)
        _ = try ContactSheet(images: large, rows: [row], magnification: 64)
      }.contains("draw fewer"))
  }

  @Test("the file is a PNG image") func theFileIsAPicture() throws {
    let folder = try TemporaryFolder()
    let url = folder.url.appending(path: "sheet.png")
    let sheet = try ContactSheet(
      images: Self.images(Self.color), rows: [ContactSheet.Row(Noise(.white))])
    try sheet.write(to: url)
    let bytes = try Data(contentsOf: url)
    #expect(bytes.prefix(4) == Data([0x89, 0x50, 0x4E, 0x47]))
    let layout = ContactSheetLayout(sheet)
    #expect(bytes[16..<20].reduce(0) { $0 << 8 | Int($1) } == layout.width)
    #expect(bytes[20..<24].reduce(0) { $0 << 8 | Int($1) } == layout.height)
  }
}
