import TopoAnalysis
import TopoCompute
import TopoFoundation

/// Analyses the sheets of trained networks on clean images.
///
/// Each network is analyzed on its own, so that its results do not depend on the others, except
/// those of the comparison of networks.
public struct AnalysisEvaluation: Evaluation {
  public let tasks: [AnalysisTask]
  private let context: EvaluationContext
  private let store: ActivationStore

  /// An evaluation of some analyses, each of which is a task.
  /// - Parameter comparesNetworks: whether a further task compares all pairs of networks, if there
  ///   are two or more.
  public init(
    _ analyses: [any Analysis], comparesNetworks: Bool = false, in context: EvaluationContext,
    on device: any Device
  ) {
    tasks =
      analyses.map { AnalysisTask(analysis: $0) }
      + (comparesNetworks && context.models.count > 1 ? [AnalysisTask(analysis: nil)] : [])
    self.context = context
    store = ActivationStore(context, on: device)
  }

  public func checkMemory() throws { _ = try store.modelPacks() }

  public func cost(of task: AnalysisTask) -> Double {
    let models = context.models
    guard let analysis = task.analysis else {
      // About 0.1 s per pair of sheets of 121 units, or a billion multiply-accumulates.
      let operations = models.first?.network.architecture.multiplyAccumulates ?? 1
      return Double(models.count - 1) / 2 * 1e9 / Double(max(operations, 1))
    }
    return models.reduce(0) { sum, model in
      let architecture = model.network.architecture
      return sum
        + analysis.cost(images: context.images.count, units: architecture.sheet.units)
        / Double(max(architecture.multiplyAccumulates, 1))
    } / Double(max(models.count, 1))
  }

  public func measure(
    _ pending: [Int], progress: (_ share: Double) -> Void = { _ in },
    finished: (_ task: Int, TaskResult) throws -> Void
  ) throws {
    for index in pending {
      let result =
        if let analysis = tasks[index].analysis {
          try analyze(analysis, progress)
        } else { try compare(progress) }
      try finished(index, result)
    }
  }

  /// Calls `body` with the layer of each network; inference runs once for a pack of networks.
  /// - Parameter body: is given the index of the network in the context.
  /// - Throws: `DeviceError`; what `body` throws.
  public func forEachLayer(_ body: (_ model: Int, LayerStatistics) throws -> Void) throws {
    for pack in try store.modelPacks() {
      for (model, layer) in zip(pack, try store.layers(of: pack)) {
        try body(model, LayerStatistics(layer.data, network: layer.network))
      }
    }
  }

  /// The results of one analysis of all networks.
  private func analyze(
    _ analysis: any Analysis, _ progress: (Double) -> Void
  ) throws -> TaskResult {
    let models = context.models
    var results = [AnalysisResult?](repeating: nil, count: models.count)
    var findings = [LayerFindings?](repeating: nil, count: models.count)
    var done = 0
    try forEachLayer { model, statistics in
      let result = try LayerAnalysis.result(of: analysis, statistics)
      results[model] = result
      findings[model] = LayerFindings(models[model].identity, statistics.layer, result)
      done += 1
      progress(Double(done) / Double(models.count))
    }
    let records = zip(models, results).flatMap { model, result in
      (result?.scalars ?? []).map {
        model.record(dataset: context.dataset, measure: $0.measure, value: $0.value)
      }
    }
    return TaskResult(
      records: records, confusion: [], findings: Findings(layers: findings.compactMap { $0 }))
  }

  /// The similarities of all pairs of networks, and the mean of each network's to those of its
  /// condition and other seeds.
  private func compare(_ progress: (Double) -> Void) throws -> TaskResult {
    let models = context.models
    var layers = [LayerData?](repeating: nil, count: models.count)
    try forEachLayer { model, statistics in layers[model] = statistics.layer }
    progress(0.05)
    let similarities = try PopulationComparison(
      zip(models, layers).compactMap { model, layer in
        layer.map { (condition: model.condition, seed: model.seed, layer: $0) }
      }
    ).similarities()
    let records = models.indices.flatMap { index in
      similarities.map { measure in
        let peers = models.indices.filter {
          models[$0].condition == models[index].condition && models[$0].seed != models[index].seed
        }
        let values = peers.compactMap { measure[index, $0]?.number }
        return models[index].record(
          dataset: context.dataset, measure: "\(measure.measure)-to-other-seeds",
          value: MeasuredValue(
            Statistics.mean(values), orUndefined: "no other seed of the condition is comparable"))
      }
    }
    return TaskResult(
      records: records, confusion: [], findings: Findings(similarities: similarities))
  }
}
