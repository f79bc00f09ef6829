import TopoCompute
import TopoEvaluation

/// A piece of a suite's work that is written as a whole: its results do not depend on which other
/// units ran before.
struct SuiteUnit: Sendable, Hashable {
  /// What it is, for people: `corruption/fog 3`.
  var title: String
  /// Work in it, in images shown to one network.
  var cost: Double
}

/// What a unit gave.
struct SuiteResult: Sendable {
  /// Records of all networks, by network.
  var records: [Record]
  /// Confusion matrices of all networks, by network.
  var confusion: [ConfusionRecord]
}

/// Work of one kind, in units.
protocol SuiteWork {
  /// All units, in the order of results.
  var units: [SuiteUnit] { get }

  /// Does some of the units, in order.
  /// - Parameters:
  ///   - pending: places of the units among all.
  ///   - within: called with the share of the present unit that is done.
  ///   - finished: called with the place and the result of each unit.
  func run(
    _ pending: [Int], _ models: [EvaluatedModel], device: any Device,
    within: (_ share: Double) -> Void,
    finished: (_ unit: Int, SuiteResult) throws -> Void
  ) throws
}

/// Images shown clean and under perturbations: a unit is one way to show them.
struct ImageWork: SuiteWork {
  let evaluation: Evaluation

  var units: [SuiteUnit] {
    evaluation.conditions.map { condition in
      SuiteUnit(
        title: condition.label
          + (condition.perturbation == nil ? "" : " \(condition.severity)")
          + (condition.draw == 0 ? "" : ", draw \(condition.draw)"),
        cost: Double(evaluation.images.count))
    }
  }

  func run(
    _ pending: [Int], _ models: [EvaluatedModel], device: any Device,
    within: (_ share: Double) -> Void,
    finished: (_ unit: Int, SuiteResult) throws -> Void
  ) throws {
    let conditions = evaluation.conditions
    var units = pending[...]
    try evaluation.measure(models, under: pending.map { conditions[$0] }, device: device) {
      result in
      let unit = units.removeFirst()
      let condition = result.condition
      try finished(
        unit,
        SuiteResult(
          records: result.models.flatMap(\.records),
          confusion: zip(models, result.models).flatMap { model, measured in
            model.confusion(
              measured.classification, dataset: evaluation.dataset,
              perturbation: condition.label, severity: condition.severity, repeat: condition.draw)
          }))
    }
  }
}

/// Attacks: a unit is one attack at one epsilon.
struct AttackWork: SuiteWork {
  /// All attacks of one selection.
  let evaluation: AttackEvaluation
  /// Whether the gradients of the clean images are measured here, rather than with other attacks.
  let measuresGradients: Bool

  var units: [SuiteUnit] {
    evaluation.conditions.map { condition in
      // A gradient takes about three forward passes.
      let passes = Double(3 * (condition.attack.isSingleStep ? 1 : condition.attack.steps) + 1)
      return SuiteUnit(
        title: condition.attack.label + " "
          + EpsilonText.text(condition.epsilon, names: evaluation.selection.epsilonNames),
        cost: passes * Double(evaluation.images.count))
    }
  }

  func run(
    _ pending: [Int], _ models: [EvaluatedModel], device: any Device,
    within: (_ share: Double) -> Void,
    finished: (_ unit: Int, SuiteResult) throws -> Void
  ) throws {
    let conditions = evaluation.conditions
    for unit in pending {
      let condition = conditions[unit]
      let isFirst = conditions.firstIndex { $0.attack == condition.attack } == unit
      var alone = evaluation
      alone.selection = try AttackSelection(
        attacks: [condition.attack], epsilons: [condition.epsilon],
        images: evaluation.images.count, seed: evaluation.selection.seed)
      var confusion = [[ConfusionRecord]](repeating: [], count: models.count)
      let records = try alone.run(models, device: device) { done, all in
        within(Double(done) / Double(max(all, 1)))
      } classified: { attack, epsilon, model, measures in
        guard epsilon > 0 || isFirst else { return }
        confusion[model] += models[model].confusion(
          measures, dataset: alone.dataset, perturbation: attack.label, severity: epsilon)
      }
      // The clean images and their gradients are the same for all epsilons and attacks; areas are
      // of all epsilons together.
      let kept = records.filter { record in
        switch record.measure {
        case MeasureName.inputGradientNorm: unit == 0 && measuresGradients
        case MeasureName.areaUnderAccuracy: false
        default: record.severity > 0 || isFirst
        }
      }
      try finished(unit, SuiteResult(records: kept, confusion: confusion.flatMap { $0 }))
    }
  }
}
