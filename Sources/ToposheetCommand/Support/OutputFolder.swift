import Foundation
import Toposheet

/// A folder for the metrics of an evaluation, which is this process's while it lasts.
final class OutputFolder {
  let url: URL
  private let lock: FileLock

  private init(_ url: URL, _ lock: FileLock) { (self.url, self.lock) = (url, lock) }

  /// The folder of that name.
  /// - Throws: `UserError` when the name is empty, as that of a variable that is not set: it would
  ///   mean the current folder.
  static func url(_ name: String) throws -> URL {
    guard !name.isEmpty else {
      throw UserError("--out names no folder; give one, such as --out runs/first")
    }
    return URL(filePath: name, directoryHint: .isDirectory)
  }

  /// Takes possession of the folder, making it where there is none, and removes what processes left
  /// that were killed while they wrote metrics.
  /// - Throws: `UserError` when it cannot be written to, or holds metrics already, or when
  ///   another process is at work in it.
  static func prepare(_ name: String) throws -> OutputFolder {
    let url = try url(name)
    do {
      try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    } catch {
      throw UserError(url, "cannot be made; choose a folder with --out that you may write to")
    }
    guard access(url.path, W_OK) == 0 else {
      throw UserError(url, "cannot be written to; choose another folder with --out")
    }
    let folder = OutputFolder(url, try FileLock(folder: url))
    let metrics = ["metrics.csv", "metrics.json"].filter {
      FileManager.default.fileExists(atPath: url.appending(path: $0).path)
    }.joined(separator: " and ")
    guard metrics.isEmpty else {
      throw UserError(
        url,
        "holds \(metrics) already; choose another folder with --out, or move \(metrics) out of it")
    }
    guard !FileManager.default.fileExists(atPath: url.appending(path: "suite.json").path) else {
      throw UserError(url, "holds a suite, which has its own metrics; choose another with --out")
    }
    AtomicFile.removeLeftovers(in: url, others: true) { $0.hasPrefix("metrics.") }
    return folder
  }

  /// Lets others have the folder.
  func giveUp() { lock.giveUp() }

  /// Makes sure that the folder is still this process's.
  /// - Throws: `UserError` where it was removed or renamed.
  func requireInPlace() throws {
    guard lock.isInPlace else {
      throw UserError(
        url, "was removed or renamed before the metrics were there; evaluate again with --out")
    }
  }
}
