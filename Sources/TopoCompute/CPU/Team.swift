import Glibc
import Synchronization

/// The threads that work on one member together, from the point of view of one of them.
///
/// Work is cut into pieces that do not depend on the team's size, and no piece's result depends on
/// another's, so results are the same bits for any number of threads.
struct Team {
  /// The executing thread: selects its stream, scratch memory and argument lists.
  let thread: Int
  /// This thread's number in the team.
  let rank: Int
  /// Number of threads in the team.
  let size: Int
  /// Which copy of step memory the team's member uses.
  let slot: Int
  /// The barrier that ends each phase; nil for a team of one.
  let barrier: SpinBarrier?

  /// Calls `body` for each piece `0..<count`, divided over the team. Every thread waits until all
  /// pieces are done.
  @inline(__always)
  func forEach(_ count: Int, _ body: (Int) -> Void) {
    if size == 1 {
      for piece in 0..<count { body(piece) }
      return
    }
    for piece in (count * rank / size)..<(count * (rank + 1) / size) { body(piece) }
    barrier?.wait()
  }

  /// Calls `body` with ranges that cover `0..<count`, divided over the team.
  @inline(__always)
  func forEachRange(_ count: Int, grain: Int = 8192, _ body: (Range<Int>) -> Void) {
    let pieces = (count + grain - 1) / grain
    forEach(pieces) { piece in body((piece * grain)..<min(count, (piece + 1) * grain)) }
  }

  /// Calls `body` on one thread; the others wait until it is done.
  @inline(__always)
  func once(_ body: () -> Void) { forEach(1) { _ in body() } }
}

/// A barrier that a fixed number of running threads passes together, spinning: an operation's
/// phases are microseconds long, shorter than a sleep and wake-up.
final class SpinBarrier: Sendable {
  private let count: Int
  private let arrived = Atomic<Int>(0)
  private let generation = Atomic<Int>(0)

  init(count: Int) { self.count = count }

  func wait() {
    let current = generation.load(ordering: .acquiring)
    if arrived.add(1, ordering: .acquiringAndReleasing).newValue == count {
      arrived.store(0, ordering: .relaxed)
      generation.add(1, ordering: .releasing)
      return
    }
    var spins = 0
    while generation.load(ordering: .acquiring) == current {
      spins += 1
      // The last thread may be waiting for a core that another process holds.
      if spins > 4000 { sched_yield() }
    }
  }
}
