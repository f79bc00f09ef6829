import TopoCompute
import TopoFoundation
import TopoNetworks

/// Networks that are ready to be evaluated under weight perturbations, condition by condition: a
/// condition's records do not depend on which others were evaluated before, so that what was
/// interrupted can go on.
public final class PreparedWeightEvaluation {
  /// What is evaluated.
  public let evaluation: WeightEvaluation
  /// The networks.
  public let models: [EvaluatedModel]
  /// All conditions, in a fixed order: by perturbation, then from severity 0 to the most damage.
  public let conditions: [WeightEvaluation.Condition]

  private let device: any Device
  private let store: FeatureStore
  private let budget: MemoryBudget
  /// Bytes of features that may be kept.
  private let featureCapacity: Int
  /// Indices of the models of each architecture and normalisation.
  private let groups: [(architecture: Architecture, indices: [Int])]
  /// The copies that were on the device last.
  private var evaluator: CopyEvaluator?
  private var memoryUses: [CopyEvaluator.Extent: MemoryUse] = [:]

  init(
    _ evaluation: WeightEvaluation, _ models: [EvaluatedModel], device: any Device
  ) throws {
    let groups = ModelPacks.groups(models, else: evaluation.normalization)
    let selection = evaluation.selection
    var layers: [Architecture: [Int]] = [:]
    for (architecture, _) in groups {
      try architecture.requireFit(
        images: evaluation.images.shape, classes: evaluation.images.classes,
        of: evaluation.dataset)
      try selection.check(architecture)
      var entrances: Set<Int> = []
      for perturbation in selection.perturbations {
        let first = try Self.firstLayer(perturbation, architecture)
        if architecture.inputShape(ofLayer: first).count == 1 { entrances.insert(first) }
      }
      layers[architecture] = entrances.sorted()
    }
    let whole = evaluation.memoryLimit ?? device.information.safeMemory
    // Features lie in the computer's memory: on the CPU, where the copies do.
    let features = evaluation.memoryLimit == nil || device.information.isAccelerator ? 0 : whole / 4
    let limit = evaluation.memoryLimit.map { $0 - features }
    self.evaluation = evaluation
    self.models = models
    self.device = device
    self.groups = groups
    featureCapacity = whole / 4
    budget = MemoryBudget(device.information, limit: limit)
    conditions = evaluation.conditions(for: models)
    store = FeatureStore(
      models, evaluation, layers: layers, capacity: whole / 4, budget: limit, device: device)
    store.beforeShowing = { [weak self] in self?.evaluator = nil }
  }

  /// Index of the first layer that a perturbation changes.
  private static func firstLayer(
    _ perturbation: WeightPerturbation, _ architecture: Architecture
  ) throws -> Int {
    let parameters = try perturbation.parameters(of: architecture)
    return parameters.map { architecture.parameters[$0].layer }.min() ?? 0
  }

  // MARK: Cost

  /// Multiply-accumulates of showing all images to all networks as they are.
  public var costOfPreparation: Int {
    models.reduce(0) {
      $0 + evaluation.images.count * $1.network.architecture.multiplyAccumulates
    }
  }

  /// Multiply-accumulates of a condition, without those of preparation.
  public func cost(of condition: WeightEvaluation.Condition) -> Int {
    if condition.severity == 0 { return 0 }
    return groups.reduce(0) { sum, group in
      let first = (try? Self.firstLayer(condition.perturbation, group.architecture)) ?? 0
      let extent = CopyEvaluator.Extent(
        architecture: group.architecture, first: first, models: 1, copies: 1)
      let draws = evaluation.selection.draws(
        of: condition.perturbation, severity: condition.severity,
        architecture: group.architecture)
      return sum + group.indices.count * draws.count * evaluation.images.count
        * extent.multiplyAccumulates
    }
  }

  // MARK: Records

  /// Mean norm of the weights of each network's sheet, in the order of the models: what absolute
  /// noise is to be compared with.
  public var weightNorms: [Record] {
    models.map { model in
      let architecture = model.network.architecture
      let weights = model.network.tensors[architecture.sheetWeightIndex]
      let inputs = weights.count / architecture.sheet.units
      let norms = (0..<architecture.sheet.units).map { unit in
        weights[unit * inputs..<(unit + 1) * inputs].reduce(0.0) {
          $0 + Double($1) * Double($1)
        }.squareRoot()
      }
      return model.record(
        dataset: evaluation.dataset, measure: MeasureName.weightNorm,
        value: MeasuredValue(Statistics.mean(norms)))
    }
  }

  /// Shows all images to all networks as they are, once; otherwise that is done when it is needed.
  /// - Parameter progress: called with multiply-accumulates done and in all.
  /// - Throws: `DeviceError`.
  public func showImages(progress: (_ done: Int, _ all: Int) -> Void = { _, _ in }) throws {
    var done = 0
    _ = try store.networks(Array(models.indices)) { images, model in
      done += images * models[model].network.architecture.multiplyAccumulates
      progress(done, costOfPreparation)
    }
  }

  /// What a condition made of one model.
  public struct Outcome: Sendable, Hashable {
    /// By draw, then by measure. Models whose sheets differ in size may have more draws or fewer.
    public var records: [Record] = []
    /// The confusion matrix of all draws together, `[true][predicted]`.
    public var confusion: [Int]
  }

  /// Outcomes of a condition, by model.
  /// - Parameter progress: called with multiply-accumulates done and in all.
  /// - Throws: `DeviceError`.
  public func outcomes(
    of condition: WeightEvaluation.Condition,
    progress: (_ done: Int, _ all: Int) -> Void = { _, _ in }
  ) throws -> [Outcome] {
    if condition.severity == 0 {
      let networks = try store.networks(Array(models.indices))
      return networks.enumerated().map { index, network in
        Outcome(
          records: self.records(index, condition, draw: 0, network.clean),
          confusion: network.clean.confusion)
      }
    }
    let classes = evaluation.images.classes
    var outcomes = models.map { _ in
      Outcome(confusion: [Int](repeating: 0, count: classes * classes))
    }
    let all = cost(of: condition)
    var done = 0
    for group in groups {
      let first = try Self.firstLayer(condition.perturbation, group.architecture)
      let draws = evaluation.selection.draws(
        of: condition.perturbation, severity: condition.severity,
        architecture: group.architecture)
      let possible = draws.filter { !isWithoutImages(condition, draw: $0) }
      var found: [Int: [Int: ClassificationMeasures]] = [:]
      for pack in try packs(group.architecture, first, group.indices, draws: possible.count) {
        let extent = CopyEvaluator.Extent(
          architecture: group.architecture, first: first, models: pack.capacity.models,
          copies: pack.capacity.copies)
        let own = possible[pack.draws]
        let measured = try measure(condition, extent, pack.models, Array(own)) { images in
          done += images * pack.models.count * own.count * extent.multiplyAccumulates
          progress(done, all)
        }
        for (index, measures) in zip(pack.models, measured) {
          for (draw, value) in zip(own, measures) { found[index, default: [:]][draw] = value }
        }
      }
      for index in group.indices {
        for draw in draws {
          let measures = found[index]?[draw]
          outcomes[index].records += records(index, condition, draw: draw, measures)
          for (place, count) in (measures?.confusion ?? []).enumerated() {
            outcomes[index].confusion[place] += count
          }
        }
      }
    }
    return outcomes
  }

  /// Whether a selective lesion has no units to choose, as its class has no images.
  private func isWithoutImages(_ condition: WeightEvaluation.Condition, draw: Int) -> Bool {
    let images = evaluation.selectivityImages ?? evaluation.images
    return condition.perturbation.kind == .lesionSelective
      && !images.labels.contains(Int32(draw))
  }

  private func records(
    _ index: Int, _ condition: WeightEvaluation.Condition, draw: Int,
    _ measures: ClassificationMeasures?
  ) -> [Record] {
    let classes = evaluation.images.classes
    let named =
      measures?.named
      ?? ClassificationMeasures(logits: [], classes: classes, labels: []).named.map {
        ($0.measure, .undefined("no images of the class by which to choose units"))
      }
    return named.map { measure, value in
      models[index].record(
        dataset: evaluation.dataset, measure: measure,
        perturbation: condition.perturbation.label, severity: condition.severity, repeat: draw,
        value: value)
    }
  }

  // MARK: Copies

  private func measure(
    _ condition: WeightEvaluation.Condition, _ extent: CopyEvaluator.Extent, _ indices: [Int],
    _ draws: [Int], progress: (_ images: Int) -> Void
  ) throws -> [[ClassificationMeasures]] {
    let (perturbation, seed) = (condition.perturbation, evaluation.selection.seed)
    var features: [[Float]]?
    if extent.entrance == .features {
      features = try store.features(indices, layer: extent.first)
    }
    let selectivities =
      perturbation.kind == .lesionSelective
      ? try store.networks(indices).map(\.selectivity) : indices.map { _ in nil }
    let networks = indices.map { models[$0].network }
    let copies = try concurrentMap(indices.count * draws.count) { copy in
      try perturbation.apply(
        to: networks[copy / draws.count], severity: condition.severity,
        draw: draws[copy % draws.count], seed: seed,
        selectivity: selectivities[copy / draws.count])
    }
    return try evaluator(extent).measure(
      indices.indices.map { Array(copies[$0 * draws.count..<($0 + 1) * draws.count]) },
      features: features, images: evaluation.images,
      normalization: models[indices[0]].normalization ?? evaluation.normalization,
      progress: progress)
  }

  private func evaluator(_ extent: CopyEvaluator.Extent) throws -> CopyEvaluator {
    if let evaluator, evaluator.extent == extent { return evaluator }
    // Give back before taking.
    evaluator = nil
    let fresh = try CopyEvaluator(extent, device: device)
    evaluator = fresh
    return fresh
  }

  /// Models and draws that are evaluated together.
  private struct Pack {
    var models: [Int]
    /// Positions in the list of draws.
    var draws: Range<Int>
    /// Room on the device for so many models, and copies of each.
    var capacity: (models: Int, copies: Int)
  }

  /// All draws of as many models as there is room for; or some of the draws of one model, where
  /// there is no room for all.
  /// - Throws: `DeviceError` when one copy alone needs more memory than there is.
  private func packs(
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
      "showing a damaged copy of a network of \(architecture.name) "
      + "\(Evaluator.batch) images at a time"
    let remedy = "choose another device"
    let most = max(evaluation.pack, 1)
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
