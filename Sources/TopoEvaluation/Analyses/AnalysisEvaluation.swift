import TopoAnalysis
import TopoCompute
import TopoFoundation

/// Analyses the sheets of trained networks on clean images.
///
/// Each network is analyzed on its own, so that its results do not depend on the others.
public struct AnalysisEvaluation: Evaluation {
  public let tasks: [AnalysisTask]
  private let context: EvaluationContext
  private let store: ActivationStore

  /// An evaluation of some analyses, each of which is a task.
  public init(_ analyses: [any Analysis], in context: EvaluationContext, on device: any Device) {
    tasks = analyses.map(AnalysisTask.init)
    self.context = context
    store = ActivationStore(context, on: device)
  }

  public func checkMemory() throws { _ = try store.modelPacks() }

  public func cost(of task: AnalysisTask) -> Double {
    context.models.reduce(0) { sum, model in
      let architecture = model.network.architecture
      return sum
        + task.analysis.cost(images: context.images.count, units: architecture.sheet.units)
        / Double(max(architecture.multiplyAccumulates, 1))
    } / Double(max(context.models.count, 1))
  }

  public func measure(
    _ pending: [Int], progress: (_ share: Double) -> Void = { _ in },
    finished: (_ task: Int, TaskResult) throws -> Void
  ) throws {
    for index in pending {
      let analysis = tasks[index].analysis
      var results = [AnalysisResult?](repeating: nil, count: context.models.count)
      var findings = [LayerFindings?](repeating: nil, count: context.models.count)
      var done = 0
      for pack in try store.modelPacks() {
        let layers = try store.layers(of: pack)
        for (model, layer) in zip(pack, layers) {
          let statistics = LayerStatistics(layer.data, network: layer.network)
          let result = try LayerAnalysis.result(of: analysis, statistics)
          results[model] = result
          findings[model] = LayerFindings(
            context.models[model].identity, layer.data, result)
          done += 1
          progress(Double(done) / Double(context.models.count))
        }
      }
      let records = zip(context.models, results).flatMap { model, result in
        (result?.scalars ?? []).map {
          model.record(dataset: context.dataset, measure: $0.measure, value: $0.value)
        }
      }
      try finished(
        index,
        TaskResult(
          records: records, confusion: [],
          findings: findings.compactMap { $0 }.filter { !$0.isEmpty }))
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
}
