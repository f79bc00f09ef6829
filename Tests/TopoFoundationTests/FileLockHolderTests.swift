import Foundation
import TestSupport
import Testing

@testable import TopoFoundation

@Suite("holders of locks") struct FileLockHolderTests {
  @Test("a lock is seen without being taken") func aLockIsSeen() throws {
    let folder = try TemporaryFolder()
    let url = folder.url.appending(path: ".lock")
    #expect(FileLock.holder(of: url) == .none)
    let lock = try FileLock(url)
    #expect(FileLock.holder(of: url) == .process(Int(getpid())))
    lock.release()
    #expect(FileLock.holder(of: url) == .none)
    // What a killed process leaves.
    try Data().write(to: url)
    #expect(FileLock.holder(of: url) == .unknown)
    // Asking has left nothing that keeps others away.
    try FileLock(url).release()
  }

  @Test("the table of locks is read") func tableOfLocks() {
    let table = """
      1: FLOCK  ADVISORY  WRITE 708 fe:00:17 0 EOF
      1: -> FLOCK  ADVISORY  WRITE 709 fe:00:18 0 EOF
      2: POSIX  ADVISORY  WRITE 710 103:1f:19 0 EOF
      3: FLOCK  ADVISORY  WRITE 0 00:2a:20 0 EOF
      4: nonsense
      """
    func process(_ device: UInt64, _ file: UInt64) -> Int? {
      FileLock.process(in: table, device: device, file: file)
    }
    #expect(process(0xFE00, 17) == 708)
    #expect(process(0xFE01, 17) == nil && process(0xFE00, 16) == nil)
    // It only waits.
    #expect(process(0xFE00, 18) == nil)
    // Device 259:31, and a process of another name space.
    #expect(process(0x1_031F, 19) == 710)
    #expect(process(0x2A, 20) == 0)
    #expect(FileLock.process(in: "", device: 0, file: 17) == nil)
  }
}
