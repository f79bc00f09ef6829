import Foundation
import TopoFoundation

/// The folder of a report's figures.
struct FigureFolder {
  struct File {
    var name: String
    var bytes: [UInt8]
  }

  /// The list of the files that reports wrote here, a name a line: only these may be removed.
  static let list = "files.txt"

  let url: URL

  init(_ url: URL) { self.url = url }

  /// Writes files, and removes those of an earlier report that are not among them.
  /// - Throws: `UserError` if the folder or a file cannot be written.
  func write(_ files: [File]) throws {
    try FolderPath.requireNoFile(at: url, remedy: "choose a folder with --out")
    do {
      try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    } catch {
      throw UserError(
        url, "is not a folder that can be written to; remove it, or choose another with --out")
    }
    let names = files.map(\.name)
    let stale = Set(earlier).subtracting(names).sorted()
    // Both lists first, so that an interrupted report leaves no file that the next does not know.
    try write(list: names + stale)
    for file in files {
      try AtomicFile.write(to: url.appending(path: file.name), isFlushed: false) {
        try $0.append(file.bytes)
      }
    }
    guard !stale.isEmpty else { return }
    for name in stale { unlink(url.appending(path: name).path) }
    try write(list: names)
  }

  private func write(list names: [String]) throws {
    let text = names.map { "\($0)\n" }.joined()
    try AtomicFile.write(to: url.appending(path: Self.list), isFlushed: false) {
      try $0.append(text)
    }
  }

  /// Names in the list of an earlier report; none that would be outside of the folder.
  private var earlier: [String] {
    let file = url.appending(path: Self.list)
    guard let bytes = try? FileContents.read(file) else { return [] }
    return String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline).map(
      String.init
    )
    .filter { !$0.contains("/") && $0 != "." && $0 != ".." && $0 != Self.list }
  }
}
