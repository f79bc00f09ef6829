import Foundation
import Testing
import TopoCompute

/// Files below a folder, links followed.
@Suite struct FolderWalkTests {
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

  @Test func foldersAndLinksAreSearched() throws {
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
  @Test func circlesEnd() throws {
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
  @Test func everythingIsTakenOnce() throws {
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

  @Test func whatCannotBeReadIsNamed() throws {
    try write("runs/a/1")
    try link("runs/gone", to: "nowhere")
    let said = message { _ = try found("runs") }
    #expect(
      said.hasPrefix("\(url("runs/gone").path): is a link that cannot be followed"), "\(said)")
    let missing = message { _ = try found("missing") }
    #expect(missing.hasPrefix("\(url("missing").path): cannot be read"), "\(missing)")
  }

  @Test(.enabled(if: getuid() != 0, "root may read everything"))
  func aFolderThatIsNotOursIsNamed() throws {
    try write("runs/a/1")
    try write("runs/b/2")
    #expect(chmod(url("runs/b").path, 0) == 0)
    defer { chmod(url("runs/b").path, 0o755) }
    let said = message { _ = try found("runs") }
    #expect(said.hasPrefix("\(url("runs/b").path): cannot be read (Permission"), "\(said)")
  }
}
