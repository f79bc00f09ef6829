import Synchronization

extension CPUDevice: OperationProfiling {
  /// `OperationProfiling.profile`: each lane reads the clock around each operation, where it also
  /// waits for the others of its team. An operation's time is the sum over lanes, divided by their
  /// number.
  public func profile(_ operations: [any Operation]) throws -> [Double] {
    let lanes = pool.lanes
    let prepared = operations.map { operation in
      guard let operation = operation as? CPUOperation else {
        preconditionFailure("operation \(operation.name) was prepared by another device")
      }
      return operation
    }
    let barrier = lanes > 1 ? SpinBarrier(count: lanes) : nil
    let nanoseconds = (0..<lanes).map { _ in prepared.map { _ in Count() } }
    pool.run { lane in
      let clock = ContinuousClock()
      let solo = Team(lane: lane, rank: 0, size: 1, slot: lane, barrier: nil)
      let together = Team(lane: lane, rank: lane, size: lanes, slot: 0, barrier: barrier)
      func run(_ index: Int, _ member: Int, _ team: Team) {
        let start = clock.now
        prepared[index].body(member, team)
        let components = (clock.now - start).components
        let spent = components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000
        nanoseconds[lane][index].value.add(Int(spent), ordering: .relaxed)
      }
      // As `run`, with a fixed division of the members in place of a counter.
      var first = 0
      while first < prepared.count {
        let members = prepared[first].members
        let last = prepared[first...].firstIndex { $0.members != members } ?? prepared.count
        let alone = members / lanes * lanes
        for member in stride(from: lane, to: alone, by: lanes) {
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
    try library.rethrow()
    return prepared.indices.map { index in
      Double(nanoseconds.reduce(0) { $0 + $1[index].value.load(ordering: .relaxed) })
        / Double(lanes) * 1e-9
    }
  }

  private final class Count: Sendable { let value = Atomic<Int>(0) }
}
