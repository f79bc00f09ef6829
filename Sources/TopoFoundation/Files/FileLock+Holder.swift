import Foundation

extension FileLock {
  /// Who has a place.
  package enum Holder: Sendable, Hashable {
    /// There is no lock file: no process has it.
    case none
    /// A process has it; its number if this system reports it.
    case process(Int?)
    /// There is a lock file, but no process that this machine knows of holds it: the process was
    /// killed, or is on another machine of a shared file system that does not report its lock.
    case unknown
  }

  /// Finds out who has the place of a lock file, without taking it: a process that wants the place
  /// at the same moment gets it.
  package static func holder(of url: URL) -> Holder {
    let file = open(url.path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return errno == ENOENT ? .none : .unknown }
    defer { close(file) }
    var found = stat()
    guard fstat(file, &found) == 0 else { return .unknown }
    let table = (try? String(contentsOfFile: "/proc/locks", encoding: .utf8)) ?? ""
    if let process = process(in: table, device: UInt64(found.st_dev), file: UInt64(found.st_ino)) {
      return .process(process > 0 ? process : nil)
    }
    // Network file systems turn these locks into locks of the other kind, which can be asked for.
    var wanted = flock()
    (wanted.l_type, wanted.l_whence) = (Int16(F_WRLCK), Int16(SEEK_SET))
    guard fcntl(file, F_GETLK, &wanted) == 0, wanted.l_type != Int16(F_UNLCK) else {
      return .unknown
    }
    return .process(nil)
  }

  /// The process that holds a lock on a file, by the system's table of locks, whose lines are
  /// `1: FLOCK  ADVISORY  WRITE 708 fe:00:16228677 0 EOF`, with `->` after the number if a process
  /// waits for the lock.
  /// - Returns: its number, which is 0 or -1 for processes that this one may not know of; nil if no
  ///   process holds a lock.
  static func process(in table: String, device: UInt64, file: UInt64) -> Int? {
    let (major, minor) = (
      (device >> 8) & 0xFFF | (device >> 32) & ~0xFFF, device & 0xFF | (device >> 12) & ~0xFF
    )
    for line in table.split(separator: "\n") {
      let fields = line.split(separator: " ")
      guard fields.count >= 6, fields[1] != "->", let process = Int(fields[4]) else { continue }
      let place = fields[5].split(separator: ":")
      guard place.count == 3, UInt64(place[0], radix: 16) == major,
        UInt64(place[1], radix: 16) == minor, UInt64(place[2]) == file
      else { continue }
      return process
    }
    return nil
  }
}
