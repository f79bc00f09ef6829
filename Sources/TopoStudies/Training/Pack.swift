import TopoCompute
import TopoSheets
import TopoTraining

/// Members that train together on one device, from the same epoch and step on.
struct Pack: Sendable {
  /// Their indices among the study's members.
  var indices: [Int]
  /// Epochs that they have finished.
  var epoch: Int
  /// Steps that they have done of the next epoch.
  var step: Int
  /// Its position among the packs that are to be trained.
  var position: PackPosition
}

/// A pack's position among those that are to be trained, and its device.
public struct PackPosition: Sendable, Hashable {
  /// The pack's number, from 1.
  public var number: Int
  /// Number of packs.
  public var count: Int
  /// Number of networks in the pack.
  public var members: Int
  /// Identifier of the device that trains the pack.
  public var device: String
}

extension TrainingRun {
  /// Divides the members that are not finished into packs, for devices of one kind.
  /// - Returns: the packs, those with more finished epochs first; and the bytes that a single pack
  ///   of all these members would take.
  /// - Throws: `DeviceError` if there is no room for one member alone.
  func packs(
    _ progress: StudyProgress, devices: [any Device]
  ) throws -> (packs: [Pack], whole: Int) {
    // Any device may train any pack, so packs are made for the one with the least memory.
    let budgets = devices.map { MemoryBudget($0.information, limit: memoryLimit) }
    guard
      let (device, budget) = zip(devices, budgets).min(by: {
        ($0.1.limit, $0.1.largestPiece) < ($1.1.limit, $1.1.largestPiece)
      })
    else { return ([], 0) }
    var known: [PackContents: MemoryUse] = [:]
    func measure(_ indices: [Int]) throws -> MemoryUse {
      let packed = indices.map { members[$0] }
      let contents = PackContents(packed)
      if let use = known[contents] { return use }
      let use = try Trainer.memoryUse(
        configuration: configuration, members: packed, training: training, probe: probe,
        normalization: normalization, device: device)
      known[contents] = use
      return use
    }
    let left = members.indices.filter { progress.epochs[$0] < configuration.epochs }
    var (packs, whole): ([Pack], Int) = ([], 0)
    let places = Dictionary(grouping: left) { [progress.epochs[$0], progress.step($0)] }
    for (place, indices) in places.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) })
      .reversed()
    {
      let plan = try PackPlan(
        indices.count, devices: devices.count, budget: budget,
        task: "training one network of \(configuration.architecture.name) with batches of "
          + "\(configuration.batch)", remedy: "choose a smaller batch or fewer images"
      ) { try measure($0.map { indices[$0] }) }
      whole += plan.whole.bytes
      packs += plan.packs.map { range in
        Pack(
          indices: range.map { indices[$0] }, epoch: place[0], step: place[1],
          position: PackPosition(number: 0, count: 0, members: range.count, device: ""))
      }
    }
    for index in packs.indices {
      packs[index].position.number = index + 1
      packs[index].position.count = packs.count
    }
    return (packs, whole)
  }
}

/// What determines a pack's memory: the number of members, and the penalties that they need.
private struct PackContents: Hashable {
  var count: Int
  /// The members' conditions with their lambda reduced to whether it is above 0.
  var terms: Set<Penalty>

  init(_ members: [Member]) {
    count = members.count
    terms = Set(
      members.map {
        var term = $0.condition
        term.lambda = term.lambda > 0 ? 1 : 0
        return term
      })
  }
}
