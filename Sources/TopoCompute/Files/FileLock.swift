import Foundation
import Synchronization

/// Possession of a place that one process at a time may write to. A file says so, and is locked
/// while this lasts: a process that dies leaves a file that nobody has locked. Giving the place up
/// removes it.
package final class FileLock: Sendable {
  /// Why a place could not be taken.
  package enum Failure: Error, Equatable {
    /// Another process has it.
    case inUse
    /// What the system says.
    case system(String)
  }

  private let path: String
  private let file: Mutex<Int32?>

  /// Takes possession by the file at `url`, which is made where there is none.
  /// - Throws: `Failure`.
  package init(_ url: URL) throws {
    path = url.path
    while true {
      let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
      guard file >= 0 else { throw Failure.system(FileError.systemReason) }
      guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
        let failure = errno == EWOULDBLOCK ? .inUse : Failure.system(FileError.systemReason)
        close(file)
        throw failure
      }
      // Whoever had the place may have removed the file between the two calls.
      if Self.isInPlace(file, path) {
        self.file = Mutex(file)
        return
      }
      close(file)
    }
  }

  deinit { giveUp() }

  /// Whether the file is still where it was: it is not once its folder was removed or renamed.
  package var isInPlace: Bool {
    file.withLock { file in file.map { Self.isInPlace($0, path) } ?? false }
  }

  /// Lets others have the place, though somebody may still hold this value.
  package func giveUp() {
    file.withLock { file in
      guard let open = file.take() else { return }
      // Before it is unlocked: another process may have it the moment after.
      if Self.isInPlace(open, path) { unlink(path) }
      close(open)
    }
  }

  private static func isInPlace(_ file: Int32, _ path: String) -> Bool {
    var (own, found) = (stat(), stat())
    guard fstat(file, &own) == 0, stat(path, &found) == 0 else { return false }
    return own.st_dev == found.st_dev && own.st_ino == found.st_ino
  }
}
