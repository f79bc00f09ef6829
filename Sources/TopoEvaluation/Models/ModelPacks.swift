import TopoCompute
import TopoData
import TopoNetworks

/// Divides models into packs that fit on a device. The models of a pack have the same architecture
/// and normalization.
struct ModelPacks {
  private let groups: [(architecture: Architecture, indices: [Int])]
  private let budget: MemoryBudget

  /// Groups models. The memory budget holds one pack of each architecture at a time.
  /// - Parameter normalization: normalization for models that do not record that of their training.
  init(
    _ models: [EvaluatedModel], fallback normalization: Normalization, device: any Device,
    memoryLimit: Int?
  ) {
    groups = Self.groups(models, fallback: normalization)
    budget = MemoryBudget(
      device.information, limit: memoryLimit,
      shares: max(Set(groups.map(\.architecture)).count, 1))
  }

  /// Indices of the models of each architecture and normalization, in the order of appearance.
  static func groups(
    _ models: [EvaluatedModel], fallback normalization: Normalization
  ) -> [(architecture: Architecture, indices: [Int])] {
    var groups: [(architecture: Architecture, normalization: Normalization, indices: [Int])] = []
    for (index, model) in models.enumerated() {
      let architecture = model.network.architecture
      let applied = model.normalization ?? normalization
      let group = groups.firstIndex {
        $0.architecture == architecture && $0.normalization == applied
      }
      if let group {
        groups[group].indices.append(index)
      } else {
        groups.append((architecture, applied, [index]))
      }
    }
    return groups.map { ($0.architecture, $0.indices) }
  }

  /// Indices of the models of each pack, as many as `most` and memory allow.
  /// - Parameters:
  ///   - task: what needs memory, for one network; the subject of a sentence in errors.
  ///   - measure: the memory that a number of networks needs.
  /// - Throws: `DeviceError` if the device has too little memory for one network.
  func plan(
    atMost most: Int, task: (Architecture) -> String,
    measure: (Architecture, _ capacity: Int) throws -> MemoryUse
  ) throws -> [[Int]] {
    try groups.flatMap { architecture, indices in
      // All networks of an architecture need the same memory, so each number is measured once.
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
