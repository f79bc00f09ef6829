import Foundation
import Toposheet

/// The folder that `--out` names.
enum OutputFolder {
  /// The folder of that name.
  /// - Throws: `UserError` if the name is empty, as that of a variable that is not set: it would
  ///   mean the current folder.
  static func url(_ name: String) throws -> URL {
    guard !name.isEmpty else {
      throw UserError("--out names no folder; give one, such as --out runs/first")
    }
    return URL(filePath: name, directoryHint: .isDirectory)
  }
}
