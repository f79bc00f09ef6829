import Foundation
import Toposheet

/// Files that a command is to write, checked before anything is computed.
enum OutputFile {
  /// Checks that files can be written, and that none is named twice.
  /// - Parameters:
  ///   - paths: as they were given; nil for what was not asked for.
  ///   - kind: what is written, such as `arrays`.
  ///   - example: a good name.
  /// - Throws: `FileError`.
  static func check(_ paths: [String?], kind: String, example: String) throws {
    var taken: Set<String> = []
    for path in paths.compactMap({ $0 }) {
      let url = URL(filePath: path).standardizedFileURL
      let folder = url.deletingLastPathComponent()
      guard taken.insert(url.path).inserted else {
        throw FileError(path, "is named for two files; give each a name of its own")
      }
      // A rename would put the file in the place of a folder, or of /dev/null.
      var status = stat()
      if path.isEmpty || stat(url.path, &status) == 0 && status.st_mode & S_IFMT != S_IFREG {
        throw FileError(path, "is not a place for \(kind); name a file, such as \(example)")
      }
      guard access(folder.path, W_OK | X_OK) == 0 else {
        throw FileError(
          path,
          "cannot be written: \(folder.path) is not a folder that you may write to; "
            + "choose another place")
      }
    }
  }
}
