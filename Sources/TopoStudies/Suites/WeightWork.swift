import TopoCompute
import TopoEvaluation

/// Perturbations of weights: a unit is one perturbation at one severity, with all its draws, which
/// share a confusion matrix: one for each would be many times all else.
struct WeightWork: SuiteWork {
  /// All perturbations of one selection.
  let evaluation: WeightEvaluation
  let units: [SuiteUnit]
  /// Whether the norms of weights are measured here, rather than with other perturbations.
  let measuresNorms: Bool

  /// - Throws: what `WeightEvaluation.prepare` throws.
  init(
    _ evaluation: WeightEvaluation, _ models: [EvaluatedModel], device: any Device,
    measuresNorms: Bool
  ) throws {
    self.evaluation = evaluation
    self.measuresNorms = measuresNorms
    let prepared = try evaluation.prepare(models, device: device)
    let images = Double(evaluation.images.count)
    let whole = Double(max(prepared.costOfPreparation, 1))
    units = prepared.conditions.enumerated().map { place, condition in
      SuiteUnit(
        title: "\(condition.perturbation.label) \(condition.severity)",
        // The features that all copies have in common are made with the first unit.
        cost: images * (Double(prepared.cost(of: condition)) / whole + (place == 0 ? 1 : 0.001)))
    }
  }

  func run(
    _ pending: [Int], _ models: [EvaluatedModel], device: any Device,
    within: (_ share: Double) -> Void,
    finished: (_ unit: Int, SuiteResult) throws -> Void
  ) throws {
    guard !pending.isEmpty else { return }
    let prepared = try evaluation.prepare(models, device: device)
    for unit in pending {
      let condition = prepared.conditions[unit]
      let found = try prepared.outcomes(of: condition) { done, all in
        within(Double(done) / Double(max(all, 1)))
      }
      let norms = unit == 0 && measuresNorms ? prepared.weightNorms : []
      let records = models.indices.flatMap { index in
        (norms.isEmpty ? [] : [norms[index]]) + found[index].records
      }
      let confusion = zip(models, found).flatMap { model, outcome in
        model.confusion(
          outcome.confusion, classes: evaluation.images.classes, dataset: evaluation.dataset,
          perturbation: condition.perturbation.label, severity: condition.severity)
      }
      try finished(unit, SuiteResult(records: records, confusion: confusion))
    }
  }
}
