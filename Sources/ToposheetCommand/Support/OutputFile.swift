import Foundation
import Toposheet

/// Files that a command is to write, checked before anything is computed.
enum OutputFile {
  /// How NPY files begin.
  static let array: [UInt8] = [0x93] + Array("NUMPY".utf8)
  /// How PNG files begin.
  static let picture: [UInt8] = [0x89] + Array("PNG".utf8)
  /// How JSON files of this program begin.
  static let json = Array("{".utf8)

  /// Takes possession of a file that is to be written, and of the others that are called after it,
  /// and removes what processes left that were killed while they wrote it.
  /// - Parameter option: the one that names it, in errors.
  /// - Throws: `UserError` when another process is at work on it.
  static func take(_ path: String, option: String) throws -> FileLock {
    let url = URL(filePath: path)
    let name = url.lastPathComponent
    // `fog.json` and `fog-labels.npy` are called after `fog.npy`.
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

  /// Checks that files can be written, that none is named twice, and that none takes the place of a
  /// file of another kind.
  /// - Parameters:
  ///   - paths: as they were given; nil for what was not asked for.
  ///   - kind: what is written, such as `arrays`.
  ///   - beginning: how every such file begins; what exists and begins otherwise is not replaced.
  ///   - example: a good name.
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
      // A rename would put the file in the place of a folder, or of /dev/null.
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
          throw UserError(path, "is there already, and no place for \(kind); choose another name")
        }
      }
    }
  }
}
