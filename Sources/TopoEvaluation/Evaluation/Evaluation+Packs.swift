import TopoCompute
import TopoNetworks

extension Evaluation {
  /// Indices of models of one architecture, as many together as `pack` and memory allow.
  /// - Throws: `DeviceError` when one network alone needs more memory than there is.
  func packs(_ models: [EvaluatedModel], device: any Device) throws -> [[Int]] {
    var groups: [(architecture: Architecture, indices: [Int])] = []
    for (index, model) in models.enumerated() {
      let architecture = model.network.architecture
      if let group = groups.firstIndex(where: { $0.architecture == architecture }) {
        groups[group].indices.append(index)
      } else {
        groups.append((architecture, [index]))
      }
    }
    // One pack of each architecture is on the device at a time.
    let budget = MemoryBudget(
      device.information, limit: memoryLimit, shares: max(groups.count, 1))
    return try groups.flatMap { architecture, indices in
      // Networks of one architecture take the same: measured once for each number of them.
      var known: [Int: MemoryUse] = [:]
      let plan = try PackPlan(
        indices.count, atMost: pack, budget: budget,
        task: "showing a network of \(architecture.name) \(Evaluator.batch) images at a time",
        remedy: "choose another device"
      ) {
        if let use = known[$0.count] { return use }
        let use = try Evaluator.memoryUse(
          architecture: architecture, capacity: $0.count, device: device)
        known[$0.count] = use
        return use
      }
      return plan.packs.map { pack in pack.map { indices[$0] } }
    }
  }
}
