import Foundation
import Synchronization

/// Possession of a place that one process at a time may write to, by the lock on a file there. If a
/// process dies, the file stays and its lock goes. Giving the place up removes the file.
package final class FileLock: Sendable {
  /// Why a place could not be taken.
  package enum Failure: Error, Equatable {
    /// Another process has it.
    case inUse
    /// What the system says.
    case system(String)
  }

  /// The locked file and its folder, which stays open so that its identity cannot be reused.
  private struct Held {
    var file: Int32
    var folder: Int32
    /// The entry in the list of files for handlers of signals.
    var entry: UInt
  }

  private let url: URL
  private let held: Mutex<Held?>

  private static func folder(of url: URL) -> String { url.deletingLastPathComponent().path }

  /// Takes possession by the file at `url`, which is made if it is missing.
  /// - Throws: `Failure`.
  package init(_ url: URL) throws {
    self.url = url
    while true {
      let folder = open(Self.folder(of: url), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
      guard folder >= 0 else { throw Failure.system(UserError.systemReason) }
      let file = openat(folder, url.lastPathComponent, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
      guard file >= 0 else {
        let failure = Failure.system(UserError.systemReason)
        close(folder)
        throw failure
      }
      guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
        let failure = errno == EWOULDBLOCK ? .inUse : Failure.system(UserError.systemReason)
        close(file)
        close(folder)
        throw failure
      }
      // The process that had the place may have removed the file between the two calls.
      if Self.isSame(file, url.path) {
        held = Mutex(
          Held(file: file, folder: folder, entry: HeldFile.add(file, url.path)))
        return
      }
      close(file)
      close(folder)
    }
  }

  deinit { release() }

  /// Whether the folder is still where it was, rather than removed, renamed or replaced.
  package var isInPlace: Bool {
    held.withLock { held in held.map { Self.isSame($0.folder, Self.folder(of: url)) } ?? false }
  }

  /// Lets others have the place, even if this value lives on.
  package func release() {
    held.withLock { held in
      guard let own = held.take() else { return }
      HeldFile.remove(own.entry)
      // Before it is unlocked: another process may have it the moment after.
      if Self.isSame(own.file, url.path) { unlink(url.path) }
      close(own.file)
      close(own.folder)
    }
  }

  private static func isSame(_ file: Int32, _ path: String) -> Bool {
    var (own, found) = (stat(), stat())
    guard fstat(file, &own) == 0, stat(path, &found) == 0 else { return false }
    return own.st_dev == found.st_dev && own.st_ino == found.st_ino
  }
}
