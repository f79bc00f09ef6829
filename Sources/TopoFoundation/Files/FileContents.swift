import Foundation

/// Reads whole files with errors fit for a user.
package enum FileContents {
  /// All bytes of the file at `url`.
  /// - Throws: `UserError` when it cannot be opened or read.
  package static func read(_ url: URL) throws -> [UInt8] {
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
      throw UserError(url, "is not a regular file; give the path of a file")
    }
    let size = Int(status.st_size)
    return try [UInt8](unsafeUninitializedCapacity: size) { buffer, initialized in
      while initialized < size {
        guard let place = buffer.baseAddress else { return }
        let got = Glibc.read(file, place + initialized, size - initialized)
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
