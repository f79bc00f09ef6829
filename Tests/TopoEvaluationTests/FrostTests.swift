import Foundation
import Testing
import TopoCompute

@testable import TopoEvaluation

@Suite("Photographs of frost") struct FrostTests {
  private static let golden = CorruptionGoldenTests.Golden.folder.appending(path: "frost")

  /// What is said of a folder that holds these files.
  private func message(_ files: [String: Data]) throws -> String? {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    for (name, data) in files { try data.write(to: folder.appending(path: name)) }
    do {
      _ = try FrostPhotographs(folder: folder)
      return nil
    } catch {
      return "\(error)".replacing(folder.path + "/", with: "").replacing(
        folder.path, with: "FOLDER")
    }
  }

  @Test("are read from JPEG and PNG, in order of their names")
  func read() throws {
    let frost = try FrostPhotographs(folder: Self.golden)
    #expect(frost.names == ["frost0.png", "frost1.png", "frost2.jpg"])
    #expect(frost.colors.map(\.rows) == [34, 38, 33] && frost.colors[0].columns == 37)
    #expect(frost.greys.map(\.rows) == [171, 190, 165])
    let again = try FrostPhotographs(folder: Self.golden)
    #expect(frost == again && frost.checksum == again.checksum)
  }

  @Test("all are used, and at several places")
  func places() throws {
    let frost = try FrostPhotographs(folder: Self.golden)
    let shape = ImageShape(channels: 3, rows: 32, columns: 32)
    let images = [UInt8](repeating: 0, count: 200 * shape.count)
    let output = try Corruption(.frost, frost: frost).apply(
      to: images, shape: shape, severity: 1, seed: 0)
    let distinct = Set((0..<200).map { Array(output[$0 * shape.count..<($0 + 1) * shape.count]) })
    #expect(distinct.count > 30)
  }

  @Test("that are too small are named, with what is needed")
  func small() throws {
    let frost = try FrostPhotographs(folder: Self.golden)
    let corruption = Corruption(.frost, frost: frost)
    #expect(throws: Never.self) {
      try corruption.check(severity: 1, shape: .init(channels: 3, rows: 32, columns: 32))
    }
    do {
      try corruption.check(severity: 1, shape: .init(channels: 3, rows: 64, columns: 64))
      Issue.record("accepted")
    } catch {
      let name = "\(Self.golden.path)/frost0.png"
      #expect(
        "\(error)" == "The photograph of frost \(name) is too small: it needs at least 320 x 320 "
          + "pixels; take a larger one.")
    }
  }

  @Test("bad folders and files are refused in a sentence")
  func bad() throws {
    #expect(
      try message([:])
        == "FOLDER: has no .jpg, .jpeg or .png file; put photographs of frost there")
    #expect(throws: FileError.self) {
      try FrostPhotographs(folder: URL(filePath: "/no/such/folder"))
    }
    #expect(
      try message(["a.jpg": Data("text".utf8)])?.hasPrefix("a.jpg: is not a JPEG image (") == true)
    let jpeg = try Data(contentsOf: Self.golden.appending(path: "frost2.jpg"))
    #expect(try message(["a.jpg": jpeg]) == nil)
    #expect(
      try message(["a.jpg": jpeg.prefix(jpeg.count / 2)])?.hasPrefix("a.jpg: is damaged (") == true)
    var png = try Data(contentsOf: Self.golden.appending(path: "frost0.png"))
    // The kind of a file is seen from its bytes.
    #expect(try message(["a.jpg": png]) == nil)
    #expect(
      try message(["a.png": png.prefix(1000)])
        == "a.png: is cut short at byte 1000; replace it or take it away")
    png[2000] ^= 1
    #expect(try message(["a.png": png])?.hasPrefix("a.png: is damaged near byte ") == true)
    png[2000] ^= 1
    png[24] = 16
    #expect(
      try message(["a.png": png]) == "a.png: is damaged near byte 8; replace it or take it away")
  }

  @Test("PNG images of each kind and filter give the same pixels")
  func kinds() throws {
    // 2 x 2 pixels, made by hand: grey 10 20 / 30 40 with the filters none and up; grey and
    // transparency with the filter left.
    let grey = Self.png(kind: 0, rows: [[0, 10, 20], [2, 20, 20]])
    #expect(
      try PNGReader.read(grey, from: Self.golden).pixels
        == [10, 20, 30, 40].flatMap { [$0, $0, $0] })
    let transparent = Self.png(kind: 4, rows: [[1, 10, 255, 10, 0], [1, 30, 255, 10, 0]])
    #expect(
      try PNGReader.read(transparent, from: Self.golden).pixels
        == [10, 20, 30, 40].flatMap { [$0, $0, $0] })
    let mean = Self.png(kind: 0, rows: [[3, 10, 15], [4, 20, 10]])
    #expect(
      try PNGReader.read(mean, from: Self.golden).pixels
        == [10, 20, 30, 40].flatMap { [$0, $0, $0] })
    #expect(throws: FileError.self) {
      try PNGReader.read(Self.png(kind: 3, rows: [[0, 0, 0], [0, 0, 0]]), from: Self.golden)
    }
    #expect(throws: FileError.self) {
      try PNGReader.read(Self.png(kind: 0, rows: [[0, 0, 0]]), from: Self.golden)
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
