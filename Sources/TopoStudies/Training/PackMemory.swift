import TopoCompute
import TopoSheets
import TopoTraining

/// The memory that packs of a run take on devices of one kind. It is measured once for each sort of
/// pack. One thread at a time may use it.
final class PackMemory {
  private let run: TrainingRun
  private var known: [PackContents: MemoryUse] = [:]

  init(_ run: TrainingRun) { self.run = run }

  /// The memory that may be taken of a device.
  func budget(_ device: any Device) -> MemoryBudget {
    MemoryBudget(device.information, limit: run.memoryLimit)
  }

  /// Whether devices have the same room.
  static func areEqual(_ budgets: [MemoryBudget]) -> Bool {
    budgets.allSatisfy {
      ($0.limit, $0.largestPiece) == (budgets[0].limit, budgets[0].largestPiece)
    }
  }

  /// The memory that members take together.
  /// - Throws: `DeviceError`.
  func use(of indices: [Int], on device: any Device) throws -> MemoryUse {
    let packed = indices.map { run.members[$0] }
    let contents = PackContents(count: packed.count, terms: Set(packed.map(Self.term)))
    if let use = known[contents] { return use }
    let use = try Trainer.memoryUse(
      configuration: run.configuration, members: packed, training: run.training, probe: run.probe,
      normalization: run.normalization, device: device)
    known[contents] = use
    return use
  }

  /// How many of some members a device has room for, whichever they are.
  /// - Throws: `DeviceError` if there is no room for one alone.
  func room(for indices: [Int], on device: any Device) throws -> Int {
    let byTerm = Dictionary(grouping: indices) { Self.term(run.members[$0]) }
    // One of each kind, then all others: no pack of so many members takes more.
    let first = byTerm.values.compactMap(\.first).sorted()
    let others = indices.filter { !first.contains($0) }
    _ = try plan(first, on: device)
    let (ordered, budget) = (first + others, budget(device))
    var (room, tooMany) = (1, ordered.count + 1)
    while tooMany - room > 1 {
      let middle = (room + tooMany) / 2
      let fits = budget.holds(try use(of: Array(ordered.prefix(middle)), on: device))
      if fits { room = middle } else { tooMany = middle }
    }
    return room
  }

  /// A member's condition with its lambda reduced to whether it is above 0.
  private static func term(_ member: Member) -> Penalty {
    var term = member.condition
    term.lambda = term.lambda > 0 ? 1 : 0
    return term
  }

  /// Divides members into packs.
  /// - Parameters:
  ///   - device: the device, or one of several with the same room.
  ///   - devices: how many devices there are to keep busy.
  /// - Throws: `DeviceError` if there is no room for one member alone.
  func plan(_ indices: [Int], on device: any Device, devices: Int = 1) throws -> PackPlan {
    try PackPlan(
      indices.count, devices: devices, budget: budget(device),
      task: "training one network of \(run.configuration.architecture.name) with batches of "
        + "\(run.configuration.batch)", remedy: "choose a smaller batch or fewer images"
    ) { try use(of: $0.map { indices[$0] }, on: device) }
  }
}

/// What determines a pack's memory: the number of members, and the penalties that they need.
private struct PackContents: Hashable {
  var count: Int
  var terms: Set<Penalty>
}
