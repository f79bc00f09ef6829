import Foundation

/// Files that appear whole or not at all: written beside their place, flushed to the disk, then
/// renamed into it. A process that dies midway leaves what was there before.
package enum AtomicFile {
  /// Takes a file's bytes in order.
  package struct Writer: ~Copyable {
    private let file: Int32
    private let url: URL

    fileprivate init(file: Int32, url: URL) {
      self.file = file
      self.url = url
    }

    /// Appends bytes.
    /// - Throws: `UserError`, for example when the disk is full.
    package func append(_ bytes: UnsafeRawBufferPointer) throws {
      var rest = bytes[...]
      while !rest.isEmpty {
        let part = UnsafeRawBufferPointer(rebasing: rest)
        let written = Glibc.write(file, part.baseAddress, part.count)
        if written < 0 && errno == EINTR { continue }
        guard written > 0 else {
          throw UserError(
            url, "cannot be written (\(UserError.systemReason)); is the disk full?",
            isTemporary: true)
        }
        rest = rest.dropFirst(written)
      }
    }

    /// Appends a string's UTF-8.
    package func append(_ text: String) throws {
      var text = text
      try text.withUTF8 { try append(UnsafeRawBufferPointer($0)) }
    }

    /// Appends the bytes of values in memory (little-endian on every platform that Swift's Linux
    /// toolchains support).
    package func append<Element: BitwiseCopyable>(_ values: [Element]) throws {
      try values.withUnsafeBytes { try append($0) }
    }
  }

  /// Writes the file at `url` with what `body` appends; if `body` throws, `url` stays
  /// unchanged.
  /// - Parameter isFlushed: false for files that can be made again at once: a power loss may take
  ///   them, and many of them are written much faster.
  /// - Throws: `UserError`, or what `body` throws.
  package static func write(
    to url: URL, isFlushed: Bool = true, _ body: (borrowing Writer) throws -> Void
  ) throws {
    try requireNoFolder(at: url)
    let folder = url.deletingLastPathComponent()
    let partial = folder.appending(path: partialName(of: url.lastPathComponent))
    let file = open(partial.path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    guard file >= 0 else {
      throw UserError(
        url, "cannot be written (\(UserError.systemReason)); choose a folder you may write to",
        isTemporary: true)
    }
    do {
      defer { close(file) }
      do {
        try body(Writer(file: file, url: url))
        guard !isFlushed || fsync(file) == 0 else {
          throw UserError(
            url, "cannot be written (\(UserError.systemReason)); is the disk full?",
            isTemporary: true)
        }
      } catch {
        unlink(partial.path)
        throw error
      }
    }
    guard rename(partial.path, url.path) == 0 else {
      let reason = UserError.systemReason
      unlink(partial.path)
      throw UserError(
        url, "cannot be put in place (\(reason)); make its folder one that you may write to",
        isTemporary: true)
    }
    guard isFlushed else { return }
    // The rename itself lasts only once the folder is on the disk. Some file systems refuse to
    // flush folders; the file is whole there all the same.
    let directory = open(folder.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    if directory >= 0 {
      fsync(directory)
      close(directory)
    }
  }

  /// Refuses a folder in the place of a file that is to be written. It does not go away by itself.
  /// - Throws: `UserError`.
  package static func requireNoFolder(at url: URL) throws {
    guard FolderPath.isFolder(url) else { return }
    throw UserError(
      url,
      "is a folder, but a file of that name is to be written; move the folder elsewhere")
  }

  /// Writes `data` to `url`.
  /// - Throws: `UserError`.
  package static func write(_ data: some ContiguousBytes, to url: URL) throws {
    try write(to: url) { writer in try data.withUnsafeBytes { try writer.append($0) } }
  }

  /// Writes `text` in UTF-8 to `url`.
  /// - Throws: `UserError`.
  package static func write(_ text: String, to url: URL) throws {
    try write(to: url) { try $0.append(text) }
  }
}
