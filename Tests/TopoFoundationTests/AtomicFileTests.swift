import Foundation
import TestSupport
import Testing
import TopoFoundation

@Suite("Atomic files") struct AtomicFileTests {
  struct Interruption: Error {}

  private func names(_ folder: TemporaryFolder) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.url.path)
  }

  @Test("files are written and replaced") func writesAndReplaces() throws {
    let folder = try TemporaryFolder()
    let url = folder.url.appending(path: "file.txt")
    try AtomicFile.write("first, long", to: url)
    try AtomicFile.write([UInt8](repeating: 65, count: 3), to: url)
    #expect(try FileContents.read(url) == [65, 65, 65])
    #expect(try names(folder) == ["file.txt"])
  }

  @Test("a failure leaves the old file") func aFailureLeavesWhatWasThere() throws {
    let folder = try TemporaryFolder()
    let url = folder.url.appending(path: "file.txt")
    try AtomicFile.write("old", to: url)
    #expect(throws: Interruption.self) {
      try AtomicFile.write(to: url) { file in
        try file.append("new")
        throw Interruption()
      }
    }
    #expect(try FileContents.read(url) == Array("old".utf8))
    #expect(try names(folder) == ["file.txt"])
  }

  @Test("places that cannot be written are named") func placesThatCannotBeWrittenAreNamed() throws {
    let folder = try TemporaryFolder()
    let inside = folder.url.appending(path: "missing/file.txt")
    let text = message { try AtomicFile.write("x", to: inside) }
    #expect(text.contains("missing/file.txt: cannot be written (No such file or directory)"))
    let taken = folder.url.appending(path: "folder")
    try FileManager.default.createDirectory(
      at: taken.appending(path: "full"), withIntermediateDirectories: true)
    // It does not go away by itself.
    #expect {
      try AtomicFile.write("x", to: taken)
    } throws: { error in
      (error as? UserError)?.isTemporary == false
        && "\(error)".contains("folder: is a folder, but a file of that name is to be written")
    }
    #expect(try names(folder) == ["folder"])
  }

  @Test("files that cannot be read are named") func filesThatCannotBeReadAreNamed() throws {
    let folder = try TemporaryFolder()
    #expect(message { _ = try FileContents.read(folder.url) }.contains("not a regular file"))
    let missing = folder.url.appending(path: "missing")
    #expect(message { _ = try FileContents.read(missing) }.contains("cannot be opened"))
  }
}
