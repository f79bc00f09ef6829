import Foundation
import TopoFoundation

extension FileLock {
  /// Locks a folder in which only one process at a time may work.
  /// - Throws: `UserError` if the folder cannot be written to, or another process works in it.
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

/// Locks folders that hold one run, which a marker file describes.
enum FolderLock {
  /// Locks a folder, and makes it if it does not exist.
  /// - Parameters:
  ///   - marker: name of the file that describes the run in the folder.
  ///   - hosts: marker files of other runs that may share the folder.
  ///   - what: what runs, in errors: `study`.
  /// - Throws: `UserError` if the folder cannot be written to, holds other things, or another
  ///   process works in it.
  static func take(
    _ url: URL, marker: String, hosts: [String], what: String
  ) throws -> FileLock {
    try FolderPath.requireNoFile(at: url, remedy: "choose a folder with --out")
    do {
      try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    } catch {
      throw UserError(
        "\(url.path): cannot make this folder; choose one with --out that you may write to")
    }
    // Before locking: a folder of other things must not get a lock file either.
    try requireEmpty(url, or: marker, hosts: hosts, what: what)
    return try FileLock(folder: url)
  }

  /// Refuses a folder that is not empty and holds none of the marker files. Hidden files are
  /// ignored, and what a study's folder may hold before it: shards, and jobs of a cluster.
  /// - Throws: `UserError`.
  static func requireEmpty(
    _ url: URL, or marker: String, hosts: [String], what: String
  ) throws {
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: url.path) else {
      throw UserError("\(url.path): cannot read this folder; choose another with --out")
    }
    guard
      names.contains(where: { $0 == marker || hosts.contains($0) })
        || names.allSatisfy({ name in
          name.hasPrefix(".")
            || marker == StudyFolder.marker && [ShardFolders.name, "slurm"].contains(name)
        })
    else {
      throw UserError(
        "\(url.path): the folder is not empty and holds no \(what) (there is no \(marker)); choose "
          + "an empty or new one with --out")
    }
  }
}
