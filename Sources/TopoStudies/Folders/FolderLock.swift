import Foundation
import TopoFoundation

extension FileLock {
  /// Takes possession of a folder that one process at a time may work in.
  /// - Throws: `UserError` when the folder cannot be written to, or another process is at work in
  ///   it.
  package convenience init(folder url: URL) throws {
    do {
      try self.init(url.appending(path: ".lock"))
    } catch FileLock.Failure.inUse {
      throw UserError(
        "\(url.path): another process is at work in this folder; wait for it or choose another "
          + "with --out")
    } catch FileLock.Failure.system(let reason) {
      throw UserError(
        "\(url.path): cannot write to this folder (\(reason)); choose another with --out")
    }
  }
}

/// Folders that hold one run, which a marker file describes.
enum FolderLock {
  /// Takes possession of a folder, making it where there is none.
  /// - Parameters:
  ///   - marker: the file that says what the folder holds.
  ///   - hosts: those of other runs that may be in it, too.
  ///   - what: what that is, in errors.
  /// - Throws: `UserError` when the folder cannot be written to, holds other things, or another
  ///   process is at work in it.
  static func take(
    _ url: URL, marker: String, hosts: [String], what: String
  ) throws -> FileLock {
    do {
      try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    } catch {
      throw UserError(
        "\(url.path): cannot make this folder; choose one with --out that you may write to")
    }
    // Before the lock: in a folder of other things even that has no business.
    try requireEmpty(url, or: marker, hosts: hosts, what: what)
    return try FileLock(folder: url)
  }

  /// Refuses a folder that holds other things.
  /// - Throws: `UserError`.
  static func requireEmpty(
    _ url: URL, or marker: String, hosts: [String], what: String
  ) throws {
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: url.path) else {
      throw UserError("\(url.path): cannot read this folder; choose another with --out")
    }
    guard names.contains(where: { $0 == marker || hosts.contains($0) })
      || names.allSatisfy({ $0.hasPrefix(".") }) else {
      throw UserError(
        "\(url.path): the folder is not empty and holds no \(what) (there is no \(marker)); choose "
          + "an empty or new one with --out")
    }
  }
}
