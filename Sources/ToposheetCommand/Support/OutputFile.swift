import Foundation
import Toposheet

/// Checks and locks the files that a command will write, before anything is computed.
enum OutputFile {
  /// The first bytes of NPY files.
  static let array: [UInt8] = [0x93] + Array("NUMPY".utf8)
  /// The first bytes of PNG files.
  static let picture: [UInt8] = [0x89] + Array("PNG".utf8)
  /// The first bytes of this program's JSON files.
  static let json = Array("{".utf8)

  /// Locks a file that will be written, with the files named after it, and removes temporary files
  /// of killed processes.
  /// - Parameter option: the option that names the file, for errors.
  /// - Throws: `UserError` if another process writes it.
  static func take(_ path: String, option: String) throws -> FileLock {
    let url = URL(filePath: path)
    let name = url.lastPathComponent
    // `fog.json` and `fog-labels.npy` are named after `fog.npy`.
    let stem = name.hasSuffix(".npy") ? String(name.dropLast(4)) : name
    let folder = url.deletingLastPathComponent()
    let lock: FileLock
    do {
      lock = try FileLock(folder.appending(path: ".\(stem).lock"))
    } catch FileLock.Failure.inUse {
      throw UserError(
        path, "another process is writing this file; wait for it or choose another with \(option)")
    } catch FileLock.Failure.system(let reason) {
      throw UserError(path, "cannot be written (\(reason)); choose another place with \(option)")
    }
    AtomicFile.removeLeftovers(in: folder, others: false) {
      [name, "\(stem).json", "\(stem)-labels.npy"].contains($0)
    }
    return lock
  }

  /// Checks that files can be written, that none is named twice, and that none would replace a file
  /// of another kind.
  /// - Parameters:
  ///   - paths: the paths as they were given; nil for files that were not asked for.
  ///   - kind: what is written, for errors: `an array`.
  ///   - beginning: the first bytes of such files; files that begin otherwise are not replaced.
  ///   - example: a valid name, for errors.
  /// - Throws: `UserError`.
  static func check(
    _ paths: [String?], kind: String, beginning: [UInt8]? = nil, example: String
  ) throws {
    var taken: Set<String> = []
    for path in paths.compactMap({ $0 }) {
      let url = URL(filePath: path).standardizedFileURL
      let folder = url.deletingLastPathComponent()
      guard taken.insert(url.path).inserted else {
        throw UserError(path, "is named for two files; give each a name of its own")
      }
      // Only regular files are replaced: renaming a file to /dev/null would replace the device.
      var status = stat()
      if path.isEmpty || stat(url.path, &status) == 0 && status.st_mode & S_IFMT != S_IFREG {
        throw UserError(path, "is not a place for \(kind); name a file, such as \(example)")
      }
      guard access(folder.path, W_OK | X_OK) == 0 else {
        let reason =
          access(folder.path, F_OK) == 0
          ? "is not a folder that you may write to" : "does not exist"
        throw UserError(path, "cannot be written: \(folder.path) \(reason); choose another place")
      }
      if let beginning, let file = FileHandle(forReadingAtPath: url.path) {
        let found = try? file.read(upToCount: beginning.count)
        guard found.map(Array.init) ?? [] == beginning || found?.isEmpty ?? true else {
          throw UserError(path, "exists already and is not \(kind); choose another name")
        }
      }
      let ending = URL(filePath: example).pathExtension
      guard beginning != picture || url.pathExtension.lowercased() == ending else {
        throw UserError(path, "does not end in .\(ending): give \(kind) a name such as \(example)")
      }
    }
  }
}
