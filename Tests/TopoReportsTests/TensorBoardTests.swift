import Foundation
import TestSupport
import Testing
import TopoFoundation
import TopoSheets

@testable import TopoReports
@testable import TopoTraining

@Suite("event files") struct TensorBoardTests {
  private let temporary: TemporaryFolder
  private let member = Member(condition: .weightSimilarity(lambda: 0.5), seed: 3)
  private var file: URL {
    temporary.url.appending(path: "board/\(member.path)/\(TensorBoardFolder.file)")
  }
  private var folder: TensorBoardFolder {
    TensorBoardFolder(temporary.url.appending(path: "board"))
  }

  init() throws { temporary = try TemporaryFolder() }

  private func report(_ epoch: Int) -> EpochReport {
    EpochReport(
      member: member, epoch: epoch, crossEntropy: 1 / Double(epoch), penalty: 0.25,
      trainingAccuracy: 0.5, validationAccuracy: nil,
      measures: SheetMeasures(["morans-i-pre-relu": .value(0.5), "other": .undefined("constant")]))
  }

  private let maps = EpochMaps(
    sheet: Sheet(rows: 2, columns: 3), classes: 3, preferredClass: [0, 1, 2, 0, 1, 2],
    meanActivity: [0, 1, 2, 3, 4, 0.5])

  /// Whole events of the file.
  private func events() throws -> [[UInt8]] {
    RecordFraming.records(in: try FileContents.read(file)).records.map(Array.init)
  }

  @Test("checksums are those of the standard") func checksums() {
    // The check value of CRC-32C, and 32 zeros from RFC 3720.
    #expect(RecordFraming.checksum(Array("123456789".utf8)) == 0xE306_9283)
    #expect(RecordFraming.checksum([UInt8](repeating: 0, count: 32)) == 0x8A91_36AA)
    #expect(RecordFraming.checksum([]) == 0)
    // (0x8A9136AA >> 15 | << 17) + 0xA282EAD8
    #expect(RecordFraming.masked([UInt8](repeating: 0, count: 32)[...]) == 0x0FD7_FFFA)
  }

  @Test("messages are protocol buffers") func messages() {
    var message = ProtocolBuffer()
    message.add(1, integer: 150)
    message.add(2, text: "testing")
    message.add(3, integer: -1)
    message.add(4, float: 1)
    message.add(5, double: 1)
    #expect(
      message.bytes
        == [0x08, 0x96, 0x01, 0x12, 0x07] + Array("testing".utf8)
        + [0x18] + [UInt8](repeating: 0xFF, count: 9) + [0x01]
        + [0x25, 0, 0, 0x80, 0x3F] + [0x29, 0, 0, 0, 0, 0, 0, 0xF0, 0x3F])
  }

  /// Readers show the time since the first event.
  @Test("times do not go back") func timesDoNotGoBack() throws {
    for (epochs, time) in [([1], 2000.0), ([2], 1000), ([3], 1500), ([4, 5], 3000)] {
      try folder.add(epochs.map(report), now: Date(timeIntervalSince1970: time))
    }
    let times = try events().map { event in
      Double(bitPattern: event[1..<9].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
    }
    // The first event names the format.
    #expect(
      times.map { ($0 * 1000).rounded() }
        == [2_000_000, 2_000_000, 2_000_001, 2_000_002, 3_000_000, 3_000_001])
  }

  @Test("frames are whole or not there") func frames() {
    let records: [[UInt8]] = [[1, 2, 3], [], [4]]
    let bytes = records.flatMap(RecordFraming.framed)
    let whole = RecordFraming.records(in: bytes)
    #expect(whole.records.map(Array.init) == records && whole.end == bytes.count)
    for cut in 1..<17 {
      let part = RecordFraming.records(in: Array(bytes.dropLast(cut)))
      #expect(part.records.count == 2 && part.end == 19 + 16)
    }
    var changed = bytes
    changed[13] ^= 1
    #expect(RecordFraming.records(in: changed).records.isEmpty)
    // A length that is damaged, but would fit.
    changed = bytes
    changed[0] = 2
    #expect(RecordFraming.records(in: changed).records.isEmpty)
  }

  @Test("each epoch is there once") func epochsOnce() throws {
    try folder.add([report(1)], maps: [member: maps])
    let first = try FileContents.read(file)
    #expect(try events().count == 2)
    // The same bytes again, and more.
    try folder.add([report(1), report(2)], maps: [member: maps])
    let second = try FileContents.read(file)
    #expect(second.starts(with: first))
    #expect(try events().count == 3)
    try folder.add([report(1), report(2)])
    #expect(try FileContents.read(file) == second)
    // Readers keep the file open: it is not replaced.
    let reader = try FileHandle(forReadingFrom: file)
    try folder.add([report(3)])
    let read = try reader.readToEnd()
    #expect(try read?.count == FileContents.read(file).count)
  }

  @Test("values and pictures") func values() throws {
    try folder.add([report(1)], maps: [member: maps])
    let event = try #require(try events().last)
    let text = String(decoding: event, as: Unicode.ASCII.self)
    for tag in [
      "loss/cross-entropy", "loss/penalty", "loss/weighted-penalty", "accuracy/training",
      "sheet/morans-i-pre-relu", "maps/preferred-class", "maps/mean-activity",
    ] { #expect(text.contains(tag), "\(tag)") }
    for tag in ["accuracy/validation", "sheet/other"] { #expect(!text.contains(tag), "\(tag)") }
  }

  @Test("what a killed process left is removed") func killed() throws {
    try folder.add([report(1)])
    let first = try FileContents.read(file)
    try folder.add([report(2)])
    let whole = try FileContents.read(file)
    for length in [first.count + 1, first.count + 13, whole.count - 1] {
      try Data(whole[..<length]).write(to: file)
      try folder.add([report(1), report(2)])
      #expect(try events().count == 3)
      #expect(try FileContents.read(file).count == whole.count)
    }
    // Zeros, as after a power failure.
    try Data(first + [UInt8](repeating: 0, count: 50)).write(to: file)
    try folder.add([report(2)])
    #expect(try events().count == 3)
    for length in 0..<20 {
      try Data(first[..<length]).write(to: file)
      try folder.add([report(1)])
      #expect(try events().count == 2)
    }
  }

  @Test("other files are refused") func foreign() throws {
    try folder.add([report(1)])
    for bytes in [
      Array(repeating: UInt8(65), count: 500), RecordFraming.framed(Array("another".utf8)),
    ] {
      try Data(bytes).write(to: file)
      let error = #expect(throws: UserError.self) { try folder.add([report(2)]) }
      let sentence = error?.description ?? ""
      #expect(sentence.contains("is not an event file"))
      #expect(try FileContents.read(file) == bytes)
    }
  }

  @Test("pictures show maps") func pictures() throws {
    let preferred = try #require(EpochPicture.preferredClass(maps)).canvas
    #expect(preferred.pixels[..<3] == [228, 87, 86])
    let activity = EpochPicture.meanActivity(maps).canvas
    #expect(activity.pixels[..<3] == [68, 1, 84])
    var none = maps
    none.preferredClass = nil
    #expect(EpochPicture.preferredClass(none) == nil)
    // Large sheets, constant maps and many classes are drawn, too.
    let large = EpochMaps(
      sheet: Sheet(rows: 100, columns: 3), classes: 100,
      preferredClass: Array(repeating: 99, count: 300),
      meanActivity: Array(repeating: 0, count: 300))
    #expect(EpochPicture.meanActivity(large).canvas.rows > 400)
    #expect(EpochPicture.preferredClass(large) != nil)
  }
}

extension EpochPicture: Equatable {
  public static func == (one: EpochPicture, other: EpochPicture) -> Bool {
    one.canvas.pixels == other.canvas.pixels
  }
}
