import Synchronization
import Testing

@testable import TopoCompute

/// Threads of the CPU device.
@Suite("Worker pool") struct WorkerPoolTests {
  /// Work that holds its own pool, as that of a device does, and is all that holds it in the end: the
  /// pool must not be given up by one of its own threads.
  @Test("work may hold its pool") func workMayHoldItsPool() throws {
    let done = Atomic(0)
    for _ in 0..<3000 {
      let pool = try WorkerPool(threads: 4)
      pool.run { _ in done.add(pool.threads, ordering: .relaxed) }
    }
    #expect(done.load(ordering: .relaxed) == 3000 * 4 * 4)
  }
}
