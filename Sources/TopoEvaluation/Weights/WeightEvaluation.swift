import TopoCompute
import TopoData
import TopoFoundation
import TopoNetworks

/// Evaluates trained networks with perturbed weights, or silenced or stimulated units, on clean
/// images.
///
/// Perturbed copies are members of a population: hundreds are evaluated in one pass over the
/// images. Layers before the first perturbed one are computed once for all copies of a network
/// (`CopyEvaluator`).
public final class WeightEvaluation: Evaluation {
  /// The perturbations with their severities and draws.
  public let part: WeightPart
  /// All tasks: by perturbation, then from severity 0 to the strongest perturbation.
  ///
  /// Default severities that are impossible for one of the models are left out, such as lesions of
  /// more units than its sheet has.
  public let tasks: [WeightTask]
  let context: EvaluationContext
  /// Images on which units are ranked for selective lesions; nil for those of the context.
  private let selectivityImages: ImageSet?
  /// Largest number of copies on the device.
  var pack = 256
  /// Whether the norms of weights are among the records of the first task.
  var measuresNorms = true

  let device: any Device
  let store: FeatureStore
  let budget: MemoryBudget
  /// Bytes of host memory for features.
  let featureCapacity: Int
  /// Indices of the models of each architecture and normalization.
  private let groups: [(architecture: Architecture, indices: [Int])]
  /// The evaluator of the last copies; it still has its device memory.
  private var evaluator: CopyEvaluator?
  var memoryUses: [CopyEvaluator.Extent: MemoryUse] = [:]

  /// An evaluation of a part, which is checked against all architectures.
  /// - Parameter selectivityImages: images on which units are ranked for selective lesions,
  ///   normalized like the others; nil for those of the context.
  /// - Throws: `UserError` for layers or severities that an architecture does not have.
  public convenience init(
    _ part: WeightPart, in context: EvaluationContext, on device: any Device,
    selectivityImages: ImageSet? = nil
  ) throws {
    try self.init(
      part, part.tasks(for: context.models), in: context, on: device,
      selectivityImages: selectivityImages)
  }

  private init(
    _ part: WeightPart, _ tasks: [WeightTask], in context: EvaluationContext,
    on device: any Device, selectivityImages: ImageSet?
  ) throws {
    let models = context.models
    let groups = ModelPacks.groups(models, fallback: context.normalization)
    var layers: [Architecture: [Int]] = [:]
    for (architecture, _) in groups {
      try part.check(architecture)
      var entrances: Set<Int> = []
      for perturbation in part.perturbations {
        let first = try Self.firstLayer(perturbation, architecture)
        if architecture.inputShape(ofLayer: first).count == 1 { entrances.insert(first) }
      }
      layers[architecture] = entrances.sorted()
    }
    let whole = context.memoryLimit ?? device.information.safeMemory
    // Features are in host memory, which the copies use too if the device is the CPU.
    let features = context.memoryLimit == nil || device.information.isAccelerator ? 0 : whole / 4
    let limit = context.memoryLimit.map { $0 - features }
    (self.part, self.context, self.device) = (part, context, device)
    self.selectivityImages = selectivityImages
    self.groups = groups
    featureCapacity = whole / 4
    budget = MemoryBudget(device.information, limit: limit)
    self.tasks = tasks
    store = FeatureStore(
      context, layers: layers,
      selectivityImages: part.perturbations.contains { $0.kind == .lesionSelective }
        ? selectivityImages ?? context.images : nil,
      measuresSpread: part.perturbations.contains(where: \.kind.isStimulation), capacity: whole / 4,
      budget: limit, device: device)
    store.beforeInference = { [weak self] in self?.evaluator = nil }
  }

  /// Index of the first layer that a perturbation changes.
  private static func firstLayer(
    _ perturbation: WeightPerturbation, _ architecture: Architecture
  ) throws -> Int {
    let parameters = try perturbation.parameters(of: architecture)
    return parameters.map { architecture.parameters[$0].layer }.min() ?? 0
  }

  /// The same tasks, also if some severities are impossible only for networks that are left out.
  public func restricted(to networks: [Int]) throws -> WeightEvaluation {
    let evaluation = try WeightEvaluation(
      part, tasks, in: context.restricted(to: networks), on: device,
      selectivityImages: selectivityImages)
    (evaluation.pack, evaluation.measuresNorms) = (pack, measuresNorms)
    return evaluation
  }

  // MARK: Cost

  public func cost(of task: WeightTask) -> Double {
    // The first task includes the pass over the images that all tasks need.
    Double(context.images.count)
      * (Double(multiplyAccumulates(of: task)) / Double(max(costOfPreparation, 1))
        + (task == tasks.first ? 1 : 0.001))
  }

  /// Multiply-accumulates of inference on all images with all unperturbed networks.
  private var costOfPreparation: Int {
    models.reduce(0) {
      $0 + context.images.count * $1.network.architecture.multiplyAccumulates
    }
  }

  /// Multiply-accumulates of a task, without those of preparation.
  private func multiplyAccumulates(of task: WeightTask) -> Int {
    if task.severity == 0 { return 0 }
    return groups.reduce(0) { sum, group in
      let first = (try? Self.firstLayer(task.perturbation, group.architecture)) ?? 0
      let extent = CopyEvaluator.Extent(
        architecture: group.architecture, first: first, models: 1, copies: 1)
      let draws = part.draws(
        of: task.perturbation, severity: task.severity,
        architecture: group.architecture)
      return sum + group.indices.count * draws.count * context.images.count
        * extent.multiplyAccumulates
    }
  }

  // MARK: Records

  public func checkMemory() throws {
    for group in groups {
      for perturbation in part.perturbations {
        let first = try Self.firstLayer(perturbation, group.architecture)
        _ = try packs(group.architecture, first, Array(group.indices.prefix(1)), draws: 1)
      }
    }
    try store.checkMemory()
  }

  private var models: [EvaluatedModel] { context.models }

  public func measure(
    _ pending: [Int], progress: (_ share: Double) -> Void = { _ in },
    finished: (_ task: Int, TaskResult) throws -> Void
  ) throws {
    for index in pending {
      let task = tasks[index]
      let found = try outcomes(of: task) { done, all in
        progress(Double(done) / Double(max(all, 1)))
      }
      let norms = index == 0 && measuresNorms ? weightNorms : []
      let records = models.indices.flatMap { model in
        (norms.isEmpty ? [] : [norms[model]]) + found[model].records
      }
      let confusion = zip(models, found).flatMap { model, outcome in
        model.confusion(
          outcome.confusion, classes: context.images.classes, dataset: context.dataset,
          perturbation: task.perturbation.label, severity: task.severity)
      }
      try finished(index, TaskResult(records: records, confusion: confusion))
    }
  }

  /// Runs inference on all images with all unperturbed networks. Without this call, the first task
  /// that needs the results does so.
  /// - Throws: `DeviceError`.
  package func prepare() throws { _ = try store.networks(Array(models.indices)) }

  /// The results of one model in a task.
  package struct Outcome: Sendable, Hashable {
    /// By draw, then by measure. Models whose sheets differ in size may differ in draws.
    package var records: [Record] = []
    /// The confusion matrix of all draws together, dense `[true class, predicted class]`.
    package var confusion: [Int]
  }

  /// The outcomes of a task, by model.
  /// - Parameter progress: called with the multiply-accumulates that are done and those of the
  ///   task.
  /// - Throws: `DeviceError`.
  package func outcomes(
    of task: WeightTask,
    progress: (_ done: Int, _ all: Int) -> Void = { _, _ in }
  ) throws -> [Outcome] {
    if task.severity == 0 {
      let networks = try store.networks(Array(models.indices))
      return networks.enumerated().map { index, network in
        Outcome(
          records: self.records(index, task, draw: 0, network.clean.named),
          confusion: network.clean.confusion)
      }
    }
    let classes = context.images.classes
    var outcomes = models.map { _ in
      Outcome(confusion: [Int](repeating: 0, count: classes * classes))
    }
    let all = multiplyAccumulates(of: task)
    var done = 0
    for group in groups {
      let first = try Self.firstLayer(task.perturbation, group.architecture)
      let draws = part.draws(
        of: task.perturbation, severity: task.severity,
        architecture: group.architecture)
      let possible = draws.filter { !isWithoutImages(task, draw: $0) }
      var found: [Int: [Int: ClassificationMeasures]] = [:]
      for pack in try packs(group.architecture, first, group.indices, draws: possible.count) {
        let extent = CopyEvaluator.Extent(
          architecture: group.architecture, first: first, models: pack.capacity.models,
          copies: pack.capacity.copies)
        let packDraws = possible[pack.draws]
        let measured = try measure(task, extent, pack.models, Array(packDraws)) { images in
          done += images * pack.models.count * packDraws.count * extent.multiplyAccumulates
          progress(done, all)
        }
        for (index, measures) in zip(pack.models, measured) {
          for (draw, value) in zip(packDraws, measures) {
            found[index, default: [:]][draw] = value
          }
        }
      }
      // Kept since the pass that computed the features of the layer.
      let clean = task.perturbation.kind.isOfUnits ? try store.networks(group.indices) : []
      for (position, index) in group.indices.enumerated() {
        let reference = clean.isEmpty ? nil : clean[position].clean
        for draw in draws {
          let measures = found[index]?[draw]
          outcomes[index].records += records(
            index, task, draw: draw, named(measures, changedFrom: reference))
          for (pair, count) in (measures?.confusion ?? []).enumerated() {
            outcomes[index].confusion[pair] += count
          }
        }
      }
    }
    return outcomes
  }

  /// Whether a selective lesion is impossible because its class has no images to rank units on.
  private func isWithoutImages(_ task: WeightTask, draw: Int) -> Bool {
    let images = selectivityImages ?? context.images
    return task.perturbation.kind == .lesionSelective
      && !images.labels.contains(Int32(draw))
  }

  /// All measures of a copy by name; undefined without measures.
  /// - Parameter clean: measures of the unperturbed network, if the changes of probabilities are
  ///   among them.
  private func named(
    _ measures: ClassificationMeasures?, changedFrom clean: ClassificationMeasures?
  ) -> [(measure: String, value: MeasuredValue)] {
    let known =
      measures
      ?? ClassificationMeasures(logits: [], classes: context.images.classes, labels: [])
    let all = known.named + (clean.map(known.changes(from:)) ?? [])
    return measures == nil
      ? all.map { ($0.measure, .undefined("no images of the class on which to rank units")) } : all
  }

  private func records(
    _ index: Int, _ task: WeightTask, draw: Int,
    _ named: [(measure: String, value: MeasuredValue)]
  ) -> [Record] {
    named.map { measure, value in
      models[index].record(
        dataset: context.dataset, measure: measure,
        perturbation: task.perturbation.label, severity: task.severity, draw: draw,
        value: value)
    }
  }

  // MARK: Copies

  private func measure(
    _ task: WeightTask, _ extent: CopyEvaluator.Extent, _ indices: [Int],
    _ draws: [Int], progress: (_ images: Int) -> Void
  ) throws -> [[ClassificationMeasures]] {
    let (perturbation, seed) = (task.perturbation, part.seed)
    var features: [[Float]]?
    if extent.entrance == .features {
      features = try store.features(indices, layer: extent.first)
    }
    let known =
      perturbation.kind == .lesionSelective || perturbation.kind.isStimulation
      ? try store.networks(indices) : []
    let networks = indices.map { models[$0].network }
    let copies = try concurrentMap(indices.count * draws.count) { copy in
      try perturbation.apply(
        to: networks[copy / draws.count], severity: task.severity,
        draw: draws[copy % draws.count], seed: seed,
        selectivity: known.isEmpty ? nil : known[copy / draws.count].selectivity,
        standardDeviations: known.isEmpty ? nil : known[copy / draws.count].standardDeviations)
    }
    return try evaluator(extent).measure(
      indices.indices.map { Array(copies[$0 * draws.count..<($0 + 1) * draws.count]) },
      features: features, images: context.images,
      normalization: context.normalization(of: indices[0]),
      progress: progress)
  }

  private func evaluator(_ extent: CopyEvaluator.Extent) throws -> CopyEvaluator {
    if let evaluator, evaluator.extent == extent { return evaluator }
    // Frees the memory of the old evaluator before the new one allocates.
    evaluator = nil
    let fresh = try CopyEvaluator(extent, device: device)
    evaluator = fresh
    return fresh
  }
}
