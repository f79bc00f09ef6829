/// How a population is divided into packs, each of which fits on a device.
///
/// A member's result does not depend on its pack. Packs are of even size, because a small last pack
/// would take almost as long as a whole one.
public struct PackPlan: Sendable, Hashable {
  /// The members of each pack, in order.
  public let packs: [Range<Int>]
  /// What the whole population would take.
  public let whole: MemoryUse
  /// What the pack that takes most takes.
  public let largest: MemoryUse

  /// Divides `count` members into as few packs as there is room for.
  /// - Parameters:
  ///   - most: members of a pack, at most.
  ///   - devices: how many devices there are to keep busy, each with that budget.
  ///   - task: what takes memory for one member, and `remedy`, what to do where that is too
  ///     much: parts of a sentence.
  ///   - measure: the memory that a pack takes.
  /// - Throws: `DeviceError` when there is no room for one member alone; what `measure` throws.
  public init(
    _ count: Int, atMost most: Int = .max, devices: Int = 1, budget: MemoryBudget, task: String,
    remedy: String, measure: (Range<Int>) throws -> MemoryUse
  ) throws {
    precondition(count > 0 && most > 0 && devices > 0)
    /// The pack that takes most, or the first for which there is no room.
    func largest(_ packs: [Range<Int>]) throws -> MemoryUse {
      var largest = MemoryUse()
      for pack in packs {
        let use = try measure(pack)
        if use.bytes > largest.bytes { largest = use }
        if !budget.holds(use) { return use }
      }
      return largest
    }
    whole = try measure(0..<count)
    let fewest = max((count - 1) / most + 1, min(devices, count))
    var chosen = (parts: fewest, use: try largest(Self.even(count, fewest)))
    if !budget.holds(chosen.use) {
      let single = try largest(Self.even(count, count))
      guard budget.holds(single) else {
        throw budget.refusal(task, single, remedy: remedy)
      }
      // The fewest that fit lie above `low` and are not more than `chosen.parts`.
      var low = fewest
      chosen = (count, single)
      while chosen.parts - low > 1 {
        let middle = (low + chosen.parts) / 2
        let use = try largest(Self.even(count, middle))
        if budget.holds(use) { chosen = (middle, use) } else { low = middle }
      }
    }
    // A last round of packs for all devices, not for some of them.
    let rounds = min((chosen.parts + devices - 1) / devices * devices, count)
    if rounds > chosen.parts {
      let use = try largest(Self.even(count, rounds))
      if budget.holds(use) { chosen = (rounds, use) }
    }
    packs = Self.even(count, chosen.parts)
    self.largest = chosen.use
  }

  /// `0..<count` in so many parts that differ by one at most, larger ones first.
  static func even(_ count: Int, _ parts: Int) -> [Range<Int>] {
    (0..<parts).map { part in
      let size = { (part: Int) in count / parts * part + min(part, count % parts) }
      return size(part)..<size(part + 1)
    }
  }
}
