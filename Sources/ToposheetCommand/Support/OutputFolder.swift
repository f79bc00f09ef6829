import Foundation
import Toposheet

/// The folder that `--out` names.
enum OutputFolder {
  /// The folder with a name.
  /// - Throws: `UserError` if the name is empty. It may come from an unset variable of a shell, and
  ///   would mean the current folder. Also if it is that of a file, or a file is above it.
  static func url(_ name: String) throws -> URL {
    guard !name.isEmpty else {
      throw UserError("--out names no folder; give one, such as --out runs/first")
    }
    let url = URL(filePath: name, directoryHint: .isDirectory)
    try FolderPath.requireNoFile(at: url, remedy: "choose a folder with --out")
    return url
  }
}
