import TopoCompute
import TopoNetworks

extension AttackEvaluation {
  /// Indices of models of one architecture, as many together as `pack` and memory allow; packs of
  /// one architecture one after the other, larger ones first.
  /// - Throws: `DeviceError` when one network alone needs more memory than there is.
  func packs(_ models: [EvaluatedModel], batch: Int, device: any Device) throws -> [[Int]] {
    try ModelPacks(
      models, else: normalization, device: device, memoryLimit: memoryLimit
    ).plan(
      atMost: pack,
      task: { "attacking a network of \($0.name) with \(batch) images at a time" }
    ) { architecture, capacity in
      try Attacker.memoryUse(
        architecture: architecture, capacity: capacity, normalization: normalization,
        batch: batch, device: device)
    }
  }
}
