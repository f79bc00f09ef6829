import Foundation
import TestSupport
import Testing
import TopoFoundation

@testable import TopoPerturbations

@Suite("Photographs of frost") struct FrostTests {
  private static let golden = CorruptionGoldenTests.Golden.folder.appending(path: "frost")

  /// What is said of a folder that holds these files.
  private func problem(_ files: [String: Data]) throws -> String {
    let temporary = try TemporaryFolder()
    let folder = temporary.url
    for (name, data) in files { try data.write(to: folder.appending(path: name)) }
    return message { _ = try FrostPhotographs(folder: folder) }
      .replacing(folder.path + "/", with: "").replacing(folder.path, with: "FOLDER")
  }

  @Test("are read from JPEG and PNG, in order of their names") func read() throws {
    let frost = try FrostPhotographs(folder: Self.golden)
    #expect(frost.names == ["frost0.png", "frost1.png", "frost2.jpg"])
    #expect(frost.colors.map(\.rows) == [34, 38, 33] && frost.colors[0].columns == 37)
    #expect(frost.grays.map(\.rows) == [171, 190, 165])
    let again = try FrostPhotographs(folder: Self.golden)
    #expect(frost == again && frost.checksum == again.checksum)
  }

  @Test("all are used, and at several places") func places() throws {
    let frost = try FrostPhotographs(folder: Self.golden)
    let shape = ImageShape(channels: 3, rows: 32, columns: 32)
    let images = [UInt8](repeating: 0, count: 200 * shape.count)
    let output = try Corruption(.frost, frost: frost).apply(
      to: images, shape: shape, severity: 1, seed: 0)
    let distinct = Set((0..<200).map { Array(output[$0 * shape.count..<($0 + 1) * shape.count]) })
    #expect(distinct.count > 30)
  }

  @Test("that are too small are named, with what is needed") func small() throws {
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
        "\(error)" == "the photograph of frost \(name) is too small: it needs at least 320 x 320 "
          + "pixels; take a larger one")
    }
  }

  @Test("bad folders and files are refused in a sentence") func bad() throws {
    #expect(
      try problem([:])
        == "FOLDER: has no .jpg, .jpeg or .png file; put photographs of frost there")
    #expect(throws: UserError.self) {
      try FrostPhotographs(folder: URL(filePath: "/no/such/folder"))
    }
    #expect(
      try problem(["a.jpg": Data("text".utf8)]).hasPrefix("a.jpg: is not a JPEG image ("))
    let jpeg = try Data(contentsOf: Self.golden.appending(path: "frost2.jpg"))
    #expect(try problem(["a.jpg": jpeg]) == "no error")
    #expect(
      try problem(["a.jpg": jpeg.prefix(jpeg.count / 2)]).hasPrefix("a.jpg: is damaged ("))
    var png = try Data(contentsOf: Self.golden.appending(path: "frost0.png"))
    // The kind of a file is seen from its bytes.
    #expect(try problem(["a.jpg": png]) == "no error")
    #expect(
      try problem(["a.png": png.prefix(1000)])
        == "a.png: is cut short at byte 1000; replace it or take it away")
    png[2000] ^= 1
    #expect(try problem(["a.png": png]).hasPrefix("a.png: is damaged near byte "))
    png[2000] ^= 1
    png[24] = 16
    #expect(
      try problem(["a.png": png])
        == "a.png: is damaged near byte 33 (libpng: IHDR: CRC error); replace it or take it away")
  }
}
