import TopoCompute
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

/// How the members that are not finished are divided.
struct PackDivision {
  /// The packs, those with more finished epochs first.
  var packs: [Pack]
  /// Bytes that a single pack of all these members would take.
  var whole: Int
  /// Number of different epochs and steps after which members continue: each has packs of its own.
  var places: Int
  /// Devices that have room for one member at least, by index.
  var usable: [Int]
  /// Sentences about the others.
  var leftOut: [String]
}

extension TrainingRun {
  /// Divides the members that are not finished into packs, for devices of one kind. A device takes
  /// packs that fit into its memory.
  /// - Throws: `DeviceError` if no device has room for one member alone.
  func packs(_ progress: StudyProgress, devices: [any Device]) throws -> PackDivision {
    var division = PackDivision(packs: [], whole: 0, places: 0, usable: [], leftOut: [])
    guard let first = devices.first else { return division }
    let memory = PackMemory(self)
    let budgets = devices.map(memory.budget)
    let left = members.indices.filter { progress.epochs[$0] < configuration.epochs }
    let places = Dictionary(grouping: left) { [progress.epochs[$0], progress.step($0)] }
      .sorted { $1.key.lexicographicallyPrecedes($0.key) }
    division.places = places.count
    // By index of a device: how many members of each place it has room for.
    var rooms = Array(repeating: [Int](), count: devices.count)
    if !PackMemory.areEqual(budgets) {
      var refusals: [any Error] = []
      for (index, device) in devices.enumerated() {
        do {
          rooms[index] = try places.map { try memory.room(for: $0.value, on: device) }
          division.usable.append(index)
        } catch let error as DeviceError {
          refusals.append(error)
          rooms[index] = places.map { _ in 0 }
          division.leftOut.append("\(device.information.identifier) is left out: \(error)")
        }
      }
      if division.usable.isEmpty, let error = refusals.first { throw error }
    } else {
      division.usable = Array(devices.indices)
    }
    for (number, (place, indices)) in places.enumerated() {
      let ranges: [Range<Int>]
      if PackMemory.areEqual(budgets) {
        let plan = try memory.plan(indices, on: first, devices: devices.count)
        (ranges, division.whole) = (plan.packs, division.whole + plan.whole.bytes)
      } else {
        ranges = PackPlan.ranges(indices.count, rooms: rooms.map { $0[number] })
        division.whole += try memory.use(of: indices, on: first).bytes
      }
      division.packs += ranges.map { range in
        Pack(
          indices: range.map { indices[$0] }, epoch: place[0], step: place[1],
          position: PackPosition(number: 0, count: 0, members: range.count, device: ""))
      }
    }
    for index in division.packs.indices {
      division.packs[index].position.number = index + 1
      division.packs[index].position.count = division.packs.count
    }
    return division
  }
}
