import Synchronization

extension CPUDevice: OperationProfiling {
  /// `OperationProfiling.profile`: each thread reads the clock around each operation, where it also
  /// waits for the others of its team. An operation's time is the sum over threads, divided by
  /// their number.
  public func profile(_ operations: [any Operation]) throws -> [Double] {
    let threads = pool.threads
    let prepared = operations.map { operation in
      guard let operation = operation as? CPUOperation else {
        preconditionFailure("operation \(operation.name) was prepared by another device")
      }
      return operation
    }
    let barrier = threads > 1 ? SpinBarrier(count: threads) : nil
    let nanoseconds = (0..<threads).map { _ in prepared.map { _ in Count() } }
    pool.run { thread in
      let clock = ContinuousClock()
      let solo = Team(thread: thread, rank: 0, size: 1, slot: thread, barrier: nil)
      let together = Team(thread: thread, rank: thread, size: threads, slot: 0, barrier: barrier)
      func run(_ index: Int, _ member: Int, _ team: Team) {
        let start = clock.now
        prepared[index].body(member, team)
        let components = (clock.now - start).components
        let spent = components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000
        nanoseconds[thread][index].value.add(Int(spent), ordering: .relaxed)
      }
      // As `run`, with a fixed division of the members in place of a counter.
      var first = 0
      while first < prepared.count {
        let members = prepared[first].members
        let last = prepared[first...].firstIndex { $0.members != members } ?? prepared.count
        let alone = members / threads * threads
        for member in stride(from: thread, to: alone, by: threads) {
          for index in first..<last { run(index, member, solo) }
        }
        barrier?.wait()
        for member in alone..<members {
          for index in first..<last { run(index, member, together) }
        }
        barrier?.wait()
        first = last
      }
    }
    try oneDNN.rethrow()
    return prepared.indices.map { index in
      Double(nanoseconds.reduce(0) { $0 + $1[index].value.load(ordering: .relaxed) })
        / Double(threads) * 1e-9
    }
  }

  private final class Count: Sendable { let value = Atomic<Int>(0) }
}
