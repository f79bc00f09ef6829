import Foundation
import Toposheet

/// A folder for the metrics of an evaluation.
enum OutputFolder {
  /// The folder of that name.
  /// - Throws: `StudyError` when the name is empty, as that of a variable that is not set: it would
  ///   mean the current folder.
  static func url(_ name: String) throws -> URL {
    guard !name.isEmpty else {
      throw StudyError("--out names no folder; give one, such as --out runs/first")
    }
    return URL(filePath: name, directoryHint: .isDirectory)
  }

  /// Makes the folder where there is none.
  /// - Throws: `FileError` when it cannot be written to, or holds metrics already.
  static func prepare(_ name: String) throws -> URL {
    let url = try url(name)
    do {
      try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    } catch {
      throw FileError(url, "cannot be made; choose a folder with --out that you may write to")
    }
    guard access(url.path, W_OK) == 0 else {
      throw FileError(url, "cannot be written to; choose another folder with --out")
    }
    let metrics = url.appending(path: "metrics.csv")
    guard !FileManager.default.fileExists(atPath: metrics.path) else {
      throw FileError(metrics, "is there already; choose another folder with --out")
    }
    return url
  }
}
