import TopoCompute
import TopoNetworks

extension WeightEvaluation {
  /// Models and draws that are evaluated together.
  struct Pack {
    var models: [Int]
    /// Indices in the list of draws.
    var draws: Range<Int>
    /// Number of models and of copies of each that the evaluator has memory for.
    var capacity: (models: Int, copies: Int)
  }

  /// Packs with all draws of as many models as fit on the device, or with some draws of one model
  /// if all of its draws do not fit.
  /// - Throws: `DeviceError` if the device has too little memory for one copy.
  func packs(
    _ architecture: Architecture, _ first: Int, _ indices: [Int], draws: Int
  ) throws -> [Pack] {
    if draws == 0 { return [] }
    func extent(_ models: Int, _ copies: Int) -> CopyEvaluator.Extent {
      .init(architecture: architecture, first: first, models: models, copies: copies)
    }
    func use(_ extent: CopyEvaluator.Extent) throws -> MemoryUse {
      if let known = memoryUses[extent] { return known }
      let use = try CopyEvaluator.memoryUse(extent, device: device)
      memoryUses[extent] = use
      return use
    }
    let task =
      "evaluating a perturbed copy of a network of \(architecture.name) "
      + "on \(Evaluator.batch) images at a time"
    let remedy = "choose another device"
    let most = max(pack, 1)
    guard draws <= most, budget.holds(try use(extent(1, draws))) else {
      let plan = try PackPlan(
        draws, atMost: most, budget: budget, task: task, remedy: remedy
      ) { try use(extent(1, $0.count)) }
      let copies = plan.packs[0].count
      return indices.flatMap { index in
        plan.packs.map { Pack(models: [index], draws: $0, capacity: (1, copies)) }
      }
    }
    var together = most / draws
    switch extent(1, draws).entrance {
    case .activations:
      return indices.map { Pack(models: [$0], draws: 0..<draws, capacity: (1, draws)) }
    case .features:
      let bytes = indices.map { store.bytes(ofModel: $0) }.max() ?? 0
      together = max(1, min(together, featureCapacity / max(bytes, 1)))
    case .images: break
    }
    let plan = try PackPlan(
      indices.count, atMost: together, budget: budget, task: task, remedy: remedy
    ) { try use(extent($0.count, draws)) }
    let room = plan.packs[0].count
    return plan.packs.map { pack in
      Pack(models: pack.map { indices[$0] }, draws: 0..<draws, capacity: (room, draws))
    }
  }
}
