import TopoCompute
import TopoNetworks

/// Models divided into packs: of one architecture each, and with room on a device.
struct ModelPacks {
  private let groups: [(architecture: Architecture, indices: [Int])]
  private let budget: MemoryBudget

  /// Sorts models by architecture. One pack of each architecture is on the device at a time.
  init(_ models: [EvaluatedModel], device: any Device, memoryLimit: Int?) {
    var groups: [(architecture: Architecture, indices: [Int])] = []
    for (index, model) in models.enumerated() {
      let architecture = model.network.architecture
      if let group = groups.firstIndex(where: { $0.architecture == architecture }) {
        groups[group].indices.append(index)
      } else {
        groups.append((architecture, [index]))
      }
    }
    self.groups = groups
    budget = MemoryBudget(device.information, limit: memoryLimit, shares: max(groups.count, 1))
  }

  /// Indices of models, as many together as `most` and memory allow.
  /// - Parameters:
  ///   - task: what takes memory for one network, as the beginning of a sentence.
  ///   - measure: the memory that so many networks take.
  /// - Throws: `DeviceError` when one network alone needs more memory than there is.
  func plan(
    atMost most: Int, task: (Architecture) -> String,
    measure: (Architecture, _ capacity: Int) throws -> MemoryUse
  ) throws -> [[Int]] {
    try groups.flatMap { architecture, indices in
      // Networks of one architecture take the same: measured once for each number of them.
      var known: [Int: MemoryUse] = [:]
      let plan = try PackPlan(
        indices.count, atMost: most, budget: budget, task: task(architecture),
        remedy: "choose another device"
      ) {
        if let use = known[$0.count] { return use }
        let use = try measure(architecture, $0.count)
        known[$0.count] = use
        return use
      }
      return plan.packs.map { pack in pack.map { indices[$0] } }
    }
  }
}
