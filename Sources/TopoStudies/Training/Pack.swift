import TopoCompute
import TopoSheets
import TopoTraining

/// Members that train side by side on one device, from the same epoch on.
struct Pack: Sendable {
  /// Their indices among the study's members.
  var indices: [Int]
  /// Epochs that they have done.
  var epoch: Int
  /// Its place among the packs that are to be trained.
  var position: PackPosition
}

/// A pack's place among those that are to be trained, and where it is trained.
public struct PackPosition: Sendable, Hashable {
  /// Counted from 1.
  public var number: Int
  /// How many packs there are.
  public var count: Int
  /// Networks in it.
  public var members: Int
  /// Identifier of the device.
  public var device: String
}

extension TrainingRun {
  /// Divides what `progress` leaves to do into packs, for devices of one kind.
  /// - Returns: the packs, those first that have begun; and what one pack of all would take.
  /// - Throws: `DeviceError` when there is no room for one member alone.
  func packs(
    _ progress: StudyProgress, devices: [any Device]
  ) throws -> (packs: [Pack], whole: Int) {
    // The device with the least room: any of them may train any pack.
    let budgets = devices.map { MemoryBudget($0.information, limit: memoryLimit) }
    guard
      let (device, budget) = zip(devices, budgets).min(by: {
        ($0.1.limit, $0.1.largestPiece) < ($1.1.limit, $1.1.largestPiece)
      })
    else { return ([], 0) }
    var known: [PackContents: MemoryUse] = [:]
    func measure(_ indices: [Int]) throws -> MemoryUse {
      let own = indices.map { members[$0] }
      let contents = PackContents(own)
      if let use = known[contents] { return use }
      let use = try Trainer.memoryUse(
        configuration: configuration, members: own, training: training,
        normalization: normalization, device: device)
      known[contents] = use
      return use
    }
    let left = members.indices.filter { progress.epochs[$0] < configuration.epochs }
    var (packs, whole): ([Pack], Int) = ([], 0)
    for (epoch, indices) in Dictionary(grouping: left, by: { progress.epochs[$0] })
      .sorted(by: { $0.key > $1.key })
    {
      let plan = try PackPlan(
        indices.count, devices: devices.count, budget: budget,
        task: "training one network of \(configuration.architecture.name) with batches of "
          + "\(configuration.batch)", remedy: "choose a smaller batch or fewer images"
      ) { try measure($0.map { indices[$0] }) }
      whole += plan.whole.bytes
      packs += plan.packs.map { range in
        let own = range.map { indices[$0] }
        return Pack(
          indices: own, epoch: epoch,
          position: PackPosition(number: 0, count: 0, members: own.count, device: ""))
      }
    }
    for index in packs.indices {
      packs[index].position.number = index + 1
      packs[index].position.count = packs.count
    }
    return (packs, whole)
  }
}

/// What a pack's memory follows from: how many members there are, and which terms they need.
private struct PackContents: Hashable {
  var count: Int
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
