import TestSupport
import Testing

@testable import TopoFoundation

@Suite("Gzip") struct GzipTests {
  private let bytes = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 * $0 >> 7) }

  private func read(_ bytes: [UInt8], named name: String = "data.gz") throws -> [UInt8] {
    let folder = try TemporaryFolder()
    return try Gzip.contents(of: folder.write(bytes, to: name))
  }

  private func problem(_ bytes: [UInt8]) -> String { message { _ = try read(bytes) } }

  @Test("members are read one after another") func readsMembersOneAfterAnother() throws {
    #expect(try read(Bytes.gzip(bytes)) == bytes)
    #expect(try read(Bytes.gzip(bytes) + Bytes.gzip([]) + Bytes.gzip([7, 8])) == bytes + [7, 8])
    #expect(try read(Bytes.gzip([])) == [])
  }

  @Test("output grows beyond what the last member states") func growsBeyondWhatTheLastMemberStates()
    throws
  {
    let zeros = [UInt8](repeating: 0, count: 3_000_000)
    #expect(try read(Bytes.gzip(zeros) + Bytes.gzip([1])) == zeros + [1])
  }

  @Test("plain files are read unless their name ends in .gz") func plainFilesPassUnlessNamedGz()
    throws
  {
    #expect(try read([1, 2, 3], named: "data") == [1, 2, 3])
    #expect(problem([1, 2, 3]).contains("data.gz: is named .gz but is not a gzip file"))
  }

  @Test("truncation is named", arguments: [5, 12, 1000, 1]) func truncationIsNamed(removed: Int) {
    let text = problem(Bytes.gzip(bytes).dropLast(removed))
    #expect(text.contains("data.gz: is cut short"))
  }

  @Test("truncation within the header is named") func truncationWithinTheHeaderIsNamed() {
    #expect(problem(Array(Bytes.gzip(bytes).prefix(6))).contains("is cut short"))
  }

  @Test("damage is named") func damageIsNamed() {
    var checksum = Bytes.gzip(bytes)
    checksum[checksum.count - 6] ^= 1
    #expect(problem(checksum).contains("is damaged: gzip reports \"incorrect data check\""))
    var middle = Bytes.gzip(bytes)
    for index in middle.count / 2..<middle.count / 2 + 40 { middle[index] = 0xFF }
    #expect(problem(middle).contains("is damaged"))
  }

  @Test("zeros after the end are ignored", arguments: [1, 3, 512, 70_000])
  func zerosAfterTheEndArePassedOver(count: Int) throws {
    let zeros = [UInt8](repeating: 0, count: count)
    #expect(try read(Bytes.gzip(bytes) + zeros) == bytes)
    #expect(try read(Bytes.gzip(bytes) + Bytes.gzip([5]) + zeros) == bytes + [5])
    // They fill a file up; they do not stand within it.
    #expect(
      problem(Bytes.gzip(bytes) + zeros + [9]).contains("has \(count + 1) bytes that are not gzip"))
    #expect(problem(Bytes.gzip(bytes) + zeros + Bytes.gzip([5])).contains("that are not gzip"))
  }

  @Test("trailing garbage is named") func trailingGarbageIsNamed() {
    #expect(problem(Bytes.gzip(bytes) + [1, 2, 3]).contains("has 3 bytes that are not gzip"))
  }
}
