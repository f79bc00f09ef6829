import Foundation
import TestSupport
import Testing

@testable import TopoFoundation

/// Files that are read in parts.
@Suite("NPY files read in parts") struct NPYFileTests {
  @Test("parts hold the elements of the array") func partsAreTheArrays() throws {
    let folder = try TemporaryFolder()
    let url = folder.url.appending(path: "a.npy")
    try NPYArray(.uint8((0..<60).map { UInt8($0) }), shape: [5, 3, 4]).write(to: url)
    let file = try NPYFile.open(url)
    #expect(file.shape == [5, 3, 4] && file.elementCode == "|u1" && file.elementSize == 1)
    #expect(try file.bytes(of: 12..<24) == (12..<24).map { UInt8($0) })
    #expect(try file.bytes(of: 0..<60).count == 60)
    #expect(try file.bytes(of: 7..<7).isEmpty)
    try NPYArray(.int64([1, -1, 258]), shape: [3]).write(to: url)
    // What was opened stays.
    #expect(try file.bytes(of: 59..<60) == [59])
    #expect(try NPYFile.open(url).bytes(of: 2..<3) == [2, 1, 0, 0, 0, 0, 0, 0])
  }

  private func problem(_ bytes: [UInt8]) throws -> String {
    let folder = try TemporaryFolder()
    let url = try folder.write(bytes, to: "a.npy")
    return message { _ = try NPYFile.open(url) }
  }

  @Test("bad files are named") func badFilesAreNamed() throws {
    func file(_ header: String, _ body: [UInt8], version: UInt8 = 1) -> [UInt8] {
      let length = UInt8(header.utf8.count)
      return NPYArray.magic + [version, 0, length, 0] + (version > 1 ? [0, 0] : [])
        + Array(header.utf8) + body
    }
    let good = "{'descr': '|u1', 'fortran_order': False, 'shape': (2, 2), }"
    #expect(try problem(file(good, [1, 2, 3, 4])) == "no error")
    #expect(try problem(file(good, [1, 2, 3, 4], version: 2)) == "no error")
    #expect(try problem(file(good, [1, 2, 3, 4], version: 3)) == "no error")
    #expect(try problem(file(good, [1, 2, 3, 4], version: 4)).contains("NPY version 4"))
    #expect(try problem(file(good, [1, 2, 3])).contains("4 bytes, but holds 3; write it again"))
    #expect(try problem(file(good, [1, 2, 3, 4, 5])).contains("holds 5"))
    #expect(
      try problem(file(good.replacingOccurrences(of: "False", with: "True"), [1, 2, 3, 4]))
        .contains("Fortran order"))
    #expect(
      try problem(file(good.replacingOccurrences(of: "|u1", with: "O"), [1, 2, 3, 4]))
        .contains("elements of type O"))
    #expect(try problem(Array(file(good, []).prefix(30))).contains("cut short"))
    #expect(try problem([1, 2, 3]).contains("is not an NPY file"))
    #expect(try problem([]).contains("is not an NPY file"))
    let folder = try TemporaryFolder()
    #expect(message { _ = try NPYFile.open(folder.url) }.contains("not a regular file"))
    let missing = folder.url.appending(path: "b.npy")
    #expect(message { _ = try NPYFile.open(missing) }.contains("b.npy: cannot be opened"))
  }

  @Test("a file that shrinks is noticed") func aFileThatShrinksIsNoticed() throws {
    let folder = try TemporaryFolder()
    let url = folder.url.appending(path: "a.npy")
    try NPYArray(.uint8([1, 2, 3, 4]), shape: [4]).write(to: url)
    let file = try NPYFile.open(url)
    #expect(truncate(url.path, 130) == 0)
    #expect(message { _ = try file.bytes(of: 0..<4) }.contains("became shorter"))
  }
}
