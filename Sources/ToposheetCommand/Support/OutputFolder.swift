import Foundation
import Toposheet

/// A folder for the metrics of an evaluation.
enum OutputFolder {
  /// Makes the folder where there is none.
  /// - Throws: `FileError` when it cannot be written to, or holds metrics already.
  static func prepare(_ name: String) throws -> URL {
    let url = URL(filePath: name, directoryHint: .isDirectory)
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
