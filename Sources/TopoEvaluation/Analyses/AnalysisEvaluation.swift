import TopoAnalysis
import TopoCompute
import TopoFoundation

/// Analyses the sheets of trained networks on clean images, and their classifications.
///
/// Each network is analyzed on its own, so that its results do not depend on the others, except
/// those of the comparison of networks and of ensembles.
public struct AnalysisEvaluation: Evaluation {
  public let tasks: [AnalysisTask]
  let context: EvaluationContext
  let store: ActivationStore
  private let device: any Device

  /// An evaluation of some analyses of layers, each of which is a task.
  public init(_ analyses: [any Analysis], in context: EvaluationContext, on device: any Device) {
    self.init(tasks: analyses.map { AnalysisTask(.layers($0)) }, in: context, on: device)
  }

  /// An evaluation of some tasks. Those for which there are too few networks are left out.
  public init(tasks: [AnalysisTask], in context: EvaluationContext, on device: any Device) {
    let conditions = context.models.map(\.condition)
    self.init(
      checked: tasks.filter { $0.networkAnalysis?.need(conditions) == nil }, in: context, on: device
    )
  }

  private init(checked tasks: [AnalysisTask], in context: EvaluationContext, on device: any Device)
  {
    (self.tasks, self.context, self.device) = (tasks, context, device)
    store = ActivationStore(context, on: device)
  }

  public func restricted(to networks: [Int]) -> AnalysisEvaluation {
    AnalysisEvaluation(checked: tasks, in: context.restricted(to: networks), on: device)
  }

  public func checkMemory() throws {
    _ = try store.modelPacks()
    if tasks.contains(where: { $0.networkAnalysis == .comparison }) {
      try checkMemoryOfComparison()
    }
  }

  public func cost(of task: AnalysisTask) -> Double {
    let models = context.models
    let operations = Double(max(models.first?.network.architecture.multiplyAccumulates ?? 1, 1))
    switch task.kind {
    case .layers(let analysis):
      return models.reduce(0) { sum, model in
        let architecture = model.network.architecture
        return sum
          + analysis.cost(images: context.images.count, units: architecture.sheet.units)
          / Double(max(architecture.multiplyAccumulates, 1))
      } / Double(max(models.count, 1))
    case .networks(.comparison):
      // About 0.1 s per pair of sheets of 121 units, or a billion multiply-accumulates.
      return Double(models.count - 1) / 2 * 1e9 / operations
    case .networks(.ensembles):
      // About a hundred groups of three sizes, of whose probabilities most take a logarithm.
      let values = Double(context.images.count * context.images.classes)
      return 300 * 20 * values / operations
    case .networks(.people):
      return 50 * Double(context.images.count * context.images.classes) / operations
    }
  }

  public func measure(
    _ pending: [Int], progress: (_ share: Double) -> Void = { _ in },
    finished: (_ task: Int, TaskResult) throws -> Void
  ) throws {
    store.keepsLogits = pending.contains {
      tasks[$0].networkAnalysis.map { $0 != .comparison } ?? false
    }
    for index in pending {
      let task = tasks[index]
      let result =
        switch task.kind {
        case .layers(let analysis): try analyze(analysis, wraps: task.wraps, progress)
        case .networks(.comparison): try compare(wraps: task.wraps, progress)
        case .networks(.ensembles): try joinEnsembles(task.people?.labels, progress)
        case .networks(.people): try comparePeople(task.people?.labels, progress)
        }
      try finished(index, result)
    }
  }

  /// Calls `body` with the layer of each network; inference runs once for a pack of networks.
  /// - Parameters:
  ///   - wraps: whether opposite edges of the sheets meet.
  ///   - body: is given the index of the network in the context.
  /// - Throws: `DeviceError`; what `body` throws.
  public func forEachLayer(
    wraps: Bool = false, _ body: (_ model: Int, LayerStatistics) throws -> Void
  ) throws {
    for pack in try store.modelPacks() {
      for (model, layer) in zip(pack, try store.layers(of: pack, wraps: wraps)) {
        try body(model, LayerStatistics(layer.data, network: layer.network))
      }
    }
  }

  /// The results of one analysis of all networks.
  private func analyze(
    _ analysis: any Analysis, wraps: Bool, _ progress: (Double) -> Void
  ) throws -> TaskResult {
    let models = context.models
    var results = [AnalysisResult?](repeating: nil, count: models.count)
    var findings = [LayerFindings?](repeating: nil, count: models.count)
    var done = 0
    try forEachLayer(wraps: wraps) { model, statistics in
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
}
