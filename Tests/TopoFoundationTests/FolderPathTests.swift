import Foundation
import TestSupport
import Testing
import TopoFoundation

@Suite("Paths of folders") struct FolderPathTests {
  @Test("files at or above a folder's path are named") func filesAreNamed() throws {
    let temporary = try TemporaryFolder()
    let file = temporary.url.appending(path: "file")
    try Data("x".utf8).write(to: file)
    func said(_ path: String) -> String {
      let url = temporary.url.appending(path: path, directoryHint: .isDirectory)
      return message { try FolderPath.requireNoFile(at: url, remedy: "choose another") }
    }
    #expect(said("file") == "\(file.path): is a file; choose another")
    #expect(
      said("file/a/b") == "\(file.path)/a/b: is in \(file.path), which is a file; choose another")
    #expect(said("new/a/b") == "no error" && said("") == "no error")
    let relative = URL(filePath: "no-such-folder/a", directoryHint: .isDirectory)
    #expect(
      message { try FolderPath.requireNoFile(at: relative, remedy: "choose another") } == "no error"
    )
    #expect(FolderPath.isFolder(temporary.url) && !FolderPath.isFolder(file))
  }
}
