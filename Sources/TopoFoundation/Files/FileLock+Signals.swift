import Foundation
import Synchronization

extension FileLock {
  /// Removes the files of all places that this process has, as its end by a signal would leave them.
  /// The locks themselves go with the process. A handler of signals may call this: it neither
  /// allocates memory nor waits.
  package static func removeFilesAtEnd() { HeldFile.unlinkAll() }
}

/// A lock file of this process, in a list that a handler of signals can read. Entries are never
/// freed: a process takes few locks.
struct HeldFile: ~Copyable {
  private let path: UnsafeMutablePointer<CChar>
  /// The entry that was added before; 0 for none.
  private let next: UInt
  /// The descriptor of the locked file; -1 if the place was given up.
  private let file: Atomic<Int32>

  private static let newest = Atomic<UInt>(0)

  /// Adds a file.
  /// - Returns: the address of its entry; 0 if there is no memory for one.
  static func add(_ file: Int32, _ path: String) -> UInt {
    guard let copy = strdup(path) else { return 0 }
    while true {
      let next = newest.load(ordering: .acquiring)
      let entry = UnsafeMutablePointer<HeldFile>.allocate(capacity: 1)
      entry.initialize(to: HeldFile(path: copy, next: next, file: Atomic(file)))
      let address = UInt(bitPattern: entry)
      if newest.compareExchange(
        expected: next, desired: address, ordering: .acquiringAndReleasing
      ).exchanged {
        return address
      }
      entry.deinitialize(count: 1)
      entry.deallocate()
    }
  }

  /// The place of an entry was given up.
  static func remove(_ address: UInt) {
    UnsafeMutablePointer<HeldFile>(bitPattern: address)?.pointee.file.store(
      -1, ordering: .releasing)
  }

  static func unlinkAll() {
    var address = newest.load(ordering: .acquiring)
    while let entry = UnsafeMutablePointer<HeldFile>(bitPattern: address) {
      let file = entry.pointee.file.load(ordering: .acquiring)
      var (own, found) = (stat(), stat())
      // The folder may have been removed, and the place be that of another process.
      if file >= 0, fstat(file, &own) == 0, stat(entry.pointee.path, &found) == 0,
        own.st_dev == found.st_dev, own.st_ino == found.st_ino
      {
        unlink(entry.pointee.path)
      }
      address = entry.pointee.next
    }
  }
}
