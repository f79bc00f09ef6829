import Foundation
import TopoAnalysis
import TopoCompute
import TopoFoundation

extension AnalysisEvaluation {
  // MARK: Pairs of networks

  /// The similarities of all pairs of networks, and the mean of each network's to those of its
  /// condition and other seeds.
  func compare(wraps: Bool, _ progress: (Double) -> Void) throws -> TaskResult {
    let models = context.models
    var layers = [LayerData?](repeating: nil, count: models.count)
    try forEachLayer(wraps: wraps) { model, statistics in layers[model] = statistics.layer }
    let inference = 0.05
    progress(inference)
    let groups = context.groups
    let similarities = try PopulationComparison(
      models.indices.compactMap { index in
        layers[index].map { (condition: groups[index], seed: models[index].seed, layer: $0) }
      }
    ).similarities { progress(inference + (1 - inference) * $0) }
    let records = models.indices.flatMap { index in
      similarities.map { measure in
        let peers = models.indices.filter {
          groups[$0] == groups[index] && models[$0].seed != models[index].seed
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

  /// Refuses a comparison for which there is too little host memory, before any results are written.
  /// - Throws: `UserError`.
  func checkMemoryOfComparison() throws {
    let sheets = context.models.map { model in
      let architecture = model.network.architecture
      return PopulationComparison.Size(
        units: architecture.sheet.units,
        inputs: model.network.tensors[architecture.sheetWeightIndex].count
          / max(architecture.sheet.units, 1))
    }
    let bytes = PopulationComparison.memoryUse(sheets, images: context.images.count)
    let limit = context.memoryLimit ?? Int(clamping: ProcessInfo.processInfo.physicalMemory / 2)
    guard bytes > limit else { return }
    throw UserError(
      "comparing \(sheets.count.counted("network")) on "
        + "\(context.images.count.counted("image")) takes about \(MemorySize(bytes: bytes)) of host "
        + "memory, but \(MemorySize(bytes: limit)) may be used: raise --memory-limit, use fewer "
        + "images (subset) or networks, or leave the analysis comparison out")
  }

  // MARK: Logits

  /// Ensembles of the networks of each condition, and how each network differs from its other
  /// seeds.
  func joinEnsembles(_ people: SoftLabels?, _ progress: (Double) -> Void) throws -> TaskResult {
    let models = context.models
    let (logits, groups) = (try store.logits(), context.groups)
    progress(0.1)
    let ensembles = try PopulationEnsembles(
      models.indices.map { index in
        .init(condition: groups[index], seed: models[index].seed, logits: logits[index])
      },
      classes: context.images.classes, labels: context.images.labels, people: people)
    let summaries = try ensembles.summaries { progress(0.1 + 0.9 * $0) }
    let records = models.indices.flatMap { index in
      zip(EnsembleMeasure.ofNetworks, ensembles.values(ofNetwork: index)).map {
        models[index].record(dataset: context.dataset, measure: $0, value: $1)
      }
    }
    return TaskResult(records: records, confusion: [], findings: Findings(ensembles: summaries))
  }

  /// Each network's classifications beside those of people.
  func comparePeople(_ people: SoftLabels?, _ progress: (Double) -> Void) throws -> TaskResult {
    guard let people else { return TaskResult(records: [], confusion: []) }
    let logits = try store.logits()
    progress(0.5)
    let labels = context.images.labels
    let values = try concurrentMap(logits.count) { index in
      PeopleAgreement.values(logits: logits[index], labels: labels, people: people)
    }
    let ofLabels = people.majorityShare(of: labels)
    let records = zip(context.models, values).flatMap { model, values in
      zip(NetworkAnalysis.people.measures, values + [ofLabels]).map {
        model.record(dataset: context.dataset, measure: $0.name, value: $1)
      }
    }
    return TaskResult(records: records, confusion: [])
  }
}
