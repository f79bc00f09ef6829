import Foundation
import Synchronization
import TestSupport
import Testing

@testable import TopoFoundation

/// Who may write to a place.
@Suite("File locks") struct FileLockTests {
  let temporary: TemporaryFolder

  init() throws { temporary = try TemporaryFolder() }

  private var place: URL { temporary.url.appending(path: "folder/.lock") }

  private func makeFolder() throws {
    try FileManager.default.createDirectory(
      at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
  }

  @Test("one process holds a lock, and nothing is left of it") func oneAtATimeAndNothingIsLeft()
    throws
  {
    #expect(throws: FileLock.Failure.system("No such file or directory")) { try FileLock(place) }
    try makeFolder()
    // As a process leaves it that was killed.
    try Data().write(to: place)
    let first = try FileLock(place)
    #expect(throws: FileLock.Failure.inUse) { try FileLock(place) }
    #expect(first.isInPlace)
    first.release()
    #expect(!first.isInPlace && !FileManager.default.fileExists(atPath: place.path))
    let second = try FileLock(place)
    // The first one is of no account any more.
    first.release()
    #expect(throws: FileLock.Failure.inUse) { try FileLock(place) }
    withExtendedLifetime(second) {}
  }

  /// In a process of its own: it would remove the locks of other tests.
  @Test("the end by a signal removes held files only")
  func endBySignal() async {
    await #expect(processExitsWith: .success) {
      let temporary = try TemporaryFolder()
      func place(_ name: String) -> URL { temporary.url.appending(path: name) }
      let (held, given) = (try FileLock(place("a")), try FileLock(place("b")))
      let moved = try FileLock(place("c"))
      given.release()
      // Files of other processes in places that were given up, or taken away.
      for name in ["b", "c"] {
        try? FileManager.default.removeItem(at: place(name))
        try Data().write(to: place(name))
      }
      FileLock.removeFilesAtEnd()
      func exists(_ name: String) -> Bool {
        FileManager.default.fileExists(atPath: place(name).path)
      }
      #expect(!exists("a") && exists("b") && exists("c"))
      withExtendedLifetime((held, moved)) {}
    }
  }

  @Test("a folder that is removed or renamed is noticed")
  func aFolderThatIsRemovedOrRenamedIsMissed() throws {
    try makeFolder()
    let folder = place.deletingLastPathComponent()
    let lock = try FileLock(place)
    try FileManager.default.moveItem(at: folder, to: temporary.url.appending(path: "moved"))
    #expect(!lock.isInPlace)
    // Another one takes its place; giving up the first does not remove that one's file.
    try makeFolder()
    let other = try FileLock(place)
    lock.release()
    #expect(other.isInPlace)
    // Without its file it still is the folder that it was.
    try FileManager.default.removeItem(at: place)
    #expect(other.isInPlace)
    try FileManager.default.removeItem(at: folder)
    #expect(!other.isInPlace)
    try makeFolder()
    #expect(!other.isInPlace)
  }

  /// Removing the file must not let two in.
  @Test("threads never share a lock") func threadsNeverShareIt() throws {
    try makeFolder()
    let holders = Atomic(0)
    let most = Atomic(0)
    let taken = Atomic(0)
    let place = place
    DispatchQueue.concurrentPerform(iterations: 4) { _ in
      for _ in 0..<1000 {
        guard let lock = try? FileLock(place) else { continue }
        let now = holders.add(1, ordering: .sequentiallyConsistent).newValue
        most.max(now, ordering: .sequentiallyConsistent)
        taken.add(1, ordering: .sequentiallyConsistent)
        usleep(20)
        holders.subtract(1, ordering: .sequentiallyConsistent)
        lock.release()
      }
    }
    #expect(most.load(ordering: .sequentiallyConsistent) == 1)
    #expect(taken.load(ordering: .sequentiallyConsistent) > 0)
  }

  @Test("leftovers are recognized by their names") func leftoversAreKnownByTheirNames() throws {
    for (name, file, process) in [
      (".progress.json.27255.4254211097.partial", "progress.json", 27255),
      (".a.1.2.partial", "a", 1), (".a.b.c.3.4.5.6.partial", "a.b.c.3.4", 5),
    ] {
      let found = AtomicFile.partial(name)
      #expect(found?.file == file && found?.process == pid_t(process), "\(name)")
    }
    #expect(AtomicFile.partial(AtomicFile.partialName(of: "x.npy"))?.process == getpid())
    for name in [
      "progress.json.1.2.partial", ".a.partial", ".a.1.partial", ".a.x.2.partial",
      ".a.1.99999999999.partial", ".a.1.2.partial.txt", ".a.1.2.part", ".a.-1.2.partial", ".",
      ".a.0.2.partial",
    ] { #expect(AtomicFile.partial(name) == nil, "\(name)") }
  }

  @Test("leftovers are removed unless they are being written")
  func leftoversAreRemovedUnlessTheyAreBeingWritten() throws {
    try makeFolder()
    let folder = place.deletingLastPathComponent()
    let dead = try #require((100_000..<4_000_000).first { kill($0, 0) != 0 && errno == ESRCH })
    // Process 1 is always there.
    let names = [
      ".own.csv.1.7.partial", ".own.csv.\(dead).7.partial", ".x.npy.\(dead).7.partial",
      ".x.npy.1.7.partial", ".x.npy.\(getpid()).7.partial", "own.csv", ".mine.partial",
      "x.\(dead).7.partial",
    ]
    func left(others: Bool) throws -> Set<String> {
      for name in names { try Data("half".utf8).write(to: folder.appending(path: name)) }
      AtomicFile.removeLeftovers(in: folder, others: others) { $0 == "own.csv" }
      return Set(try FileManager.default.contentsOfDirectory(atPath: folder.path))
    }
    #expect(try left(others: false) == Set(names[2...]))
    #expect(try left(others: true) == Set([names[3]] + names[5...]))
    try FileManager.default.removeItem(at: folder)
    AtomicFile.removeLeftovers(in: folder, others: true) { _ in true }
  }
}
