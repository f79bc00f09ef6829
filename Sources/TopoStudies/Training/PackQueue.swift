import Foundation
import TopoCompute

/// Packs that wait for a device. All devices take from it, and wait in it while others train: the
/// pack of a device that fails comes back.
final class PackQueue: @unchecked Sendable {
  private let condition = NSCondition()
  private let memory: PackMemory
  /// Whether any device has room for any pack.
  private let hasEqualRoom: Bool
  private let isInterrupted: @Sendable () -> Bool
  private var waiting: [Pack]
  private var inTraining = 0
  private var total: Int

  init(_ packs: [Pack], of run: TrainingRun, devices: [any Device]) {
    let memory = PackMemory(run)
    (self.memory, isInterrupted) = (memory, run.isInterrupted)
    hasEqualRoom = PackMemory.areEqual(devices.map(memory.budget))
    (waiting, total) = (packs, packs.count)
  }

  /// Number of packs: it grows when a pack is divided for a device with less memory.
  var count: Int { locked { total } }

  /// The next pack for a device. Waits while there is none and other devices train, as these may
  /// fail.
  /// - Returns: nil if nothing is left to do, or the run is interrupted.
  func next(for device: any Device) -> Pack? {
    locked {
      while !isInterrupted() {
        if let pack = take(for: device) {
          inTraining += 1
          return pack
        }
        if inTraining == 0 { break }
        condition.wait()
      }
      return nil
    }
  }

  /// A pack that was taken is trained, or given up.
  func leave() {
    locked {
      inTraining -= 1
      condition.broadcast()
    }
  }

  /// A pack that was taken is to continue on another device, before all that wait.
  func putBack(_ pack: Pack) {
    locked {
      inTraining -= 1
      waiting.insert(pack, at: 0)
      condition.broadcast()
    }
  }

  private func locked<Result>(_ work: () -> Result) -> Result {
    condition.lock()
    defer { condition.unlock() }
    return work()
  }

  /// The first pack that the device has room for; if there is none, a part of the first one.
  private func take(for device: any Device) -> Pack? {
    guard let first = waiting.first else { return nil }
    if hasEqualRoom { return waiting.removeFirst() }
    let budget = memory.budget(device)
    let index = waiting.firstIndex { pack in
      (try? memory.use(of: pack.indices, on: device)).map(budget.holds) ?? false
    }
    if let index { return waiting.remove(at: index) }
    // If there is no room at all, the device fails when it prepares the network.
    let ranges =
      (try? memory.plan(first.indices, on: device).packs)
      ?? first.indices.indices.map { $0..<$0 + 1 }
    var parts = ranges.map { range in
      var part = first
      part.indices = range.map { first.indices[$0] }
      part.position.members = part.indices.count
      return part
    }
    for part in parts.indices.dropFirst() { parts[part].position.number = total + part }
    total += parts.count - 1
    waiting.replaceSubrange(0..<1, with: parts.dropFirst())
    return parts[0]
  }
}
