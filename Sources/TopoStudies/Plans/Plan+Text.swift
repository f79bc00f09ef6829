import TopoCompute
import TopoEvaluation
import TopoFoundation
import TopoSheets

extension Plan {
  /// The plan as a file that `init(contentsOf:)` reads to an equal plan. Optional keys with their
  /// default are left out, except those that every plan should state.
  /// - Throws: `UserError` if the plan has what files cannot express: a sheet of a size of its own in
  ///   an architecture of layers.
  public func yaml() throws -> String {
    var lines = ["name: \(PlanText.quoted(name))", "data: \(PlanText.quoted(data))"]
    if let subset { lines.append("subset: \(subset)") }
    lines += try architecture.lines()
    lines.append("sheet: [\(sheet.rows), \(sheet.columns)]")
    lines.append("conditions:")
    for group in conditionsByEntry { lines += Self.lines(group[0], lambdas: group.map(\.lambda)) }
    lines += [
      "seeds: \(seeds)", "epochs: \(epochs)", "batch: \(batch)",
      "learning-rate: \(PlanText.decimal(learningRate))",
    ]
    lines += Self.lines(rule)
    if trainingFraction != Self.trainingFraction {
      lines.append("training-fraction: \(PlanText.decimal(trainingFraction))")
    }
    lines += Self.lines(alongTraining)
    if !snapshots.isEmpty {
      lines.append("snapshots: [\(snapshots.map(String.init).joined(separator: ", "))]")
    }
    if keep != .checkpoints { lines.append("keep: \(keep.rawValue)") }
    if writesEvents { lines.append("tensorboard: true") }
    lines += Self.lines(evaluation)
    return lines.joined(separator: "\n") + "\n"
  }

  /// The conditions in order; those of an entry follow each other and differ in lambda only.
  private var conditionsByEntry: [[Penalty]] {
    var groups: [[Penalty]] = []
    for condition in conditions {
      var same = groups.last?.last ?? .control
      same.lambda = condition.lambda
      if condition.kind != .control, !groups.isEmpty, same == condition {
        groups[groups.count - 1].append(condition)
      } else {
        groups.append([condition])
      }
    }
    return groups
  }

  private static func lines(_ condition: Penalty, lambdas: [Double]) -> [String] {
    guard condition.kind != .control else { return ["  - penalty: control"] }
    let neighborhood = condition.neighborhood
    var lines = [
      "  - penalty: \(condition.kind.rawValue)", "    metric: \(condition.metric.rawValue)",
      "    lambda: "
        + (lambdas.count == 1
          ? PlanText.decimal(condition.lambda)
          : "[\(lambdas.map { PlanText.decimal($0) }.joined(separator: ", "))]"),
    ]
    if condition.view != .preReLU { lines.append("    view: \(condition.view.rawValue)") }
    if condition.layout != .unitMajor { lines.append("    layout: \(condition.layout.rawValue)") }
    if condition.scale != .sum { lines.append("    scale: \(condition.scale.rawValue)") }
    if neighborhood.shape != .moore {
      lines.append("    neighborhood: \(neighborhood.shape.rawValue)")
    }
    if neighborhood.wraps { lines.append("    torus: true") }
    return lines
  }

  private static func lines(_ rule: OptimizerRule) -> [String] {
    switch rule {
    case .sgd(let momentum):
      return ["optimizer: sgd"]
        + (momentum == 0 ? [] : ["momentum: \(PlanText.decimal(momentum))"])
    case .adam(let beta1, let beta2, let epsilon):
      guard rule != .adam() else { return ["optimizer: adam"] }
      return [
        "optimizer: adam", "beta1: \(PlanText.decimal(beta1))",
        "beta2: \(PlanText.decimal(beta2))", "epsilon: \(PlanText.decimal(epsilon))",
      ]
    }
  }

  /// No lines for the defaults.
  private static func lines(_ alongTraining: AlongTraining) -> [String] {
    guard alongTraining != AlongTraining() else { return [] }
    let further = alongTraining.measures.further
    return ["along-training:"]
      + (further.isEmpty ? [] : ["  measures: [\(further.joined(separator: ", "))]"])
      + (alongTraining.images == AlongTraining.images ? [] : ["  images: \(alongTraining.images)"])
      + (alongTraining.every == 1 ? [] : ["  every: \(alongTraining.every)"])
  }

  /// No lines for an evaluation of clean images without options.
  private static func lines(_ evaluation: SuiteDescription) -> [String] {
    guard !evaluation.isEmpty else { return [] }
    let lines = evaluation.yaml.split(separator: "\n")
    return ["evaluation:"] + lines.map { "  \($0)" }
  }
}
