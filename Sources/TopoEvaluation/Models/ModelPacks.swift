import TopoCompute
import TopoData
import TopoNetworks

/// Models divided into packs: of one architecture and normalisation each, and with room on a device.
struct ModelPacks {
  private let groups: [(architecture: Architecture, indices: [Int])]
  private let budget: MemoryBudget

  /// Sorts models. One pack of each architecture is on the device at a time.
  /// - Parameter normalization: of models that do not know that of their training.
  init(
    _ models: [EvaluatedModel], else normalization: Normalization, device: any Device,
    memoryLimit: Int?
  ) {
    groups = Self.groups(models, else: normalization)
    budget = MemoryBudget(
      device.information, limit: memoryLimit,
      shares: max(Set(groups.map(\.architecture)).count, 1))
  }

  /// Indices of the models of each architecture that see images normalised alike, in the order of
  /// appearance.
  static func groups(
    _ models: [EvaluatedModel], else normalization: Normalization
  ) -> [(architecture: Architecture, indices: [Int])] {
    var groups: [(architecture: Architecture, normalization: Normalization, indices: [Int])] = []
    for (index, model) in models.enumerated() {
      let architecture = model.network.architecture
      let own = model.normalization ?? normalization
      let group = groups.firstIndex {
        $0.architecture == architecture && $0.normalization == own
      }
      if let group {
        groups[group].indices.append(index)
      } else {
        groups.append((architecture, own, [index]))
      }
    }
    return groups.map { ($0.architecture, $0.indices) }
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
