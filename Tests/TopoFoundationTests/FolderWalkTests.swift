import Foundation
import TestSupport
import Testing
import TopoFoundation

/// Files below a folder, links followed.
@Suite("Walks through folders") struct FolderWalkTests {
  let temporary: TemporaryFolder

  init() throws { temporary = try TemporaryFolder() }

  private func url(_ path: String) -> URL { temporary.url.appending(path: path) }

  private func write(_ path: String) throws {
    try FileManager.default.createDirectory(
      at: url(path).deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(path.utf8).write(to: url(path))
  }

  private func link(_ path: String, to target: String) throws {
    try FileManager.default.createSymbolicLink(
      atPath: url(path).path, withDestinationPath: target)
  }

  private func found(_ path: String) throws -> [String] {
    let folder = url(path)
    return try FolderWalk.files(below: folder).map { file in
      #expect(FileManager.default.fileExists(atPath: file.path))
      return String(file.path.dropFirst(folder.path.count + 1))
    }
  }

  @Test("folders and links are searched") func foldersAndLinksAreSearched() throws {
    for path in ["real/a/1", "real/a/10", "real/a/2", "elsewhere/deep/3", "elsewhere/.hidden/4"] {
      try write(path)
    }
    try write("real/.5")
    try link("given", to: "real")
    try link("real/more", to: "../elsewhere")
    try link("elsewhere/deep/further", to: url("third").path)
    try write("third/6")
    try link("third/7", to: "../file")
    try write("file")
    let wanted = [
      "a/1", "a/2", "a/10", "more/deep/3", "more/deep/further/6", "more/deep/further/7",
    ]
    #expect(try found("real") == wanted)
    #expect(try found("given") == wanted)
  }

  /// Links to the folder itself, to those above, to each other and to themselves.
  @Test("circles of links end") func circlesEnd() throws {
    try write("top/run/a/1")
    try write("top/run/b/2")
    try write("top/other/3")
    try link("top/run/a/self", to: ".")
    try link("top/run/a/up", to: "..")
    try link("top/run/a/top", to: "../..")
    try link("top/run/a/root", to: "/")
    try link("top/run/a/b", to: "../b")
    try link("top/run/b/a", to: "../a")
    try link("top/run/loop", to: "loop")
    try link("top/run/one", to: "two")
    try link("top/run/two", to: "one")
    #expect(try found("top/run") == ["a/1", "b/2"])
    // By a link that leads out and back.
    try link("top/run/a/out", to: "../../other")
    try link("top/other/back", to: "../run")
    #expect(try found("top/run") == ["a/1", "a/out/3", "b/2"])
  }

  /// The own path counts, also where the link's comes first.
  @Test("every file is taken once") func everythingIsTakenOnce() throws {
    try write("runs/run-3/x")
    try link("runs/latest", to: "run-3")
    try link("runs/run-3/best", to: "x")
    try link("runs/zz", to: "run-3/x")
    #expect(try found("runs") == ["run-3/x"])
    // Two links to one folder elsewhere: the first.
    try write("far/y")
    try link("runs/p", to: "../far")
    try link("runs/q", to: "../far")
    #expect(try found("runs") == ["p/y", "run-3/x"])
  }

  /// Links to folders count before links to files, whichever sorts first; hard links are files.
  @Test("links to files come last") func linksToFilesComeLast() throws {
    try write("other/x")
    try write("other/sub/y")
    try FileManager.default.createDirectory(
      at: url("lk"), withIntermediateDirectories: true)
    try link("lk/a", to: "../other/x")
    try link("lk/b", to: "../other/sub/y")
    try link("lk/z", to: "../other")
    #expect(try found("lk") == ["z/sub/y", "z/x"])
    // Found late, in a folder that another link leads to.
    try write("far/1")
    try link("other/sub/far", to: "../../far/1")
    try link("far/back", to: "../other/x")
    try link("lk/zz", to: "../far")
    #expect(try found("lk") == ["z/sub/y", "z/x", "zz/1"])
    // Of two links to a file, one.
    try write("file")
    try link("lk/p", to: "../file")
    try link("lk/q", to: "../file")
    #expect(try found("lk") == ["p", "z/sub/y", "z/x", "zz/1"])
    try FileManager.default.linkItem(at: url("other/x"), to: url("other/hard"))
    #expect(try found("lk") == ["p", "z/hard", "z/sub/y", "z/x", "zz/1"])
  }

  /// Names in another encoding, of files and of folders.
  @Test(
    "names that are not UTF-8 are refused",
    arguments: [[0x63, 0xE9], [0xFF, 0x2E, 0x73]] as [[UInt8]], [true, false])
  func namesThatAreNotUTF8AreRefused(_ bytes: [UInt8], isFolder: Bool) throws {
    try write("runs/a/1")
    func make(_ folder: String, _ name: [UInt8]) {
      let path = Array("\(url(folder).path)/".utf8) + name + [0]
      path.withUnsafeBytes {
        let place = $0.baseAddress?.assumingMemoryBound(to: CChar.self)
        if let place, isFolder {
          #expect(mkdir(place, 0o755) == 0)
        } else if let place {
          #expect(close(open(place, O_CREAT | O_WRONLY, 0o644)) == 0)
        }
      }
    }
    // Hidden ones are not looked for, whatever they are called.
    make("runs", [0x2E] + bytes)
    #expect(try found("runs") == ["a/1"])
    make("runs/a", bytes)
    let said = message { _ = try found("runs") }
    let repaired = String(decoding: bytes, as: UTF8.self)
    #expect(
      said == "\(url("runs/a").path): has \"\(repaired)\" in it, whose name is not UTF-8, so it "
        + "would be missed; rename it or move it away")
  }

  @Test("a folder that cannot be read is named") func whatCannotBeReadIsNamed() throws {
    try write("runs/a/1")
    try link("runs/gone", to: "nowhere")
    let said = message { _ = try found("runs") }
    #expect(
      said.hasPrefix("\(url("runs/gone").path): is a link that cannot be followed"), "\(said)")
    let missing = message { _ = try found("missing") }
    #expect(missing.hasPrefix("\(url("missing").path): cannot be read"), "\(missing)")
  }

  @Test(
    "a folder without permission to read is named",
    .enabled(if: getuid() != 0, "root may read everything"))
  func aFolderThatIsNotOursIsNamed() throws {
    try write("runs/a/1")
    try write("runs/b/2")
    #expect(chmod(url("runs/b").path, 0) == 0)
    defer { chmod(url("runs/b").path, 0o755) }
    let said = message { _ = try found("runs") }
    #expect(said.hasPrefix("\(url("runs/b").path): cannot be read (Permission"), "\(said)")
  }
}
