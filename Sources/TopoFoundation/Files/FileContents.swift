import Foundation

/// Reads whole files with errors fit for a user.
package enum FileContents {
  /// All bytes of the file at `url`.
  /// - Throws: `UserError` when it cannot be opened or read.
  package static func read(_ url: URL) throws -> [UInt8] { try read(url, through: nil) }

  /// The bytes of a file up to the first `marker`, that included: the rest is not read. All bytes if
  /// it has none.
  /// - Throws: `UserError` when it cannot be opened or read.
  package static func head(_ url: URL, through marker: String) throws -> [UInt8] {
    try read(url, through: Array(marker.utf8))
  }

  private static func read(_ url: URL, through marker: [UInt8]?) throws -> [UInt8] {
    // Not blocking, or a named pipe would wait for a writer instead of being refused below.
    let file = open(url.path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard file >= 0 else {
      throw UserError(url, "cannot be opened (\(UserError.systemReason)); check the path")
    }
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0 else {
      throw UserError(url, "cannot be examined (\(UserError.systemReason))")
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      let isFolder = status.st_mode & S_IFMT == S_IFDIR
      throw UserError(
        url, "is \(isFolder ? "a folder, " : "")not a regular file; give the path of a file")
    }
    let size = Int(status.st_size)
    guard let marker else { return try bytes(of: file, count: size, url) }
    var all: [UInt8] = []
    while all.count < size {
      // A marker may begin in one piece and end in the next.
      let searched = max(all.count - marker.count, 0)
      all += try bytes(of: file, count: min(headPiece, size - all.count), url)
      if let end = all[searched...].firstRange(of: marker)?.upperBound {
        return Array(all[..<end])
      }
    }
    return all
  }

  /// Bytes that are read at once in search of a marker.
  private static let headPiece = 1 << 16

  private static func bytes(of file: Int32, count: Int, _ url: URL) throws -> [UInt8] {
    try [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      while initialized < count {
        guard let place = buffer.baseAddress else { return }
        let got = Glibc.read(file, place + initialized, count - initialized)
        if got < 0 && errno == EINTR { continue }
        guard got > 0 else {
          let reason = got == 0 ? "it became shorter meanwhile" : UserError.systemReason
          throw UserError(url, "cannot be read (\(reason)); try again")
        }
        initialized += got
      }
    }
  }
}
