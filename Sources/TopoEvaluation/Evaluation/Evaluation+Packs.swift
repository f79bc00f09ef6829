import TopoCompute
import TopoNetworks

extension Evaluation {
  /// Indices of models of one architecture, as many together as `pack` and memory allow.
  /// - Throws: `DeviceError` when one network alone needs more memory than there is.
  func packs(_ models: [EvaluatedModel], device: any Device) throws -> [[Int]] {
    try ModelPacks(
      models, else: normalization, device: device, memoryLimit: memoryLimit
    ).plan(
      atMost: pack,
      task: { "showing a network of \($0.name) \(Evaluator.batch) images at a time" }
    ) { architecture, capacity in
      try Evaluator.memoryUse(architecture: architecture, capacity: capacity, device: device)
    }
  }
}
