import TopoCompute
import TopoEvaluation
import TopoFoundation
import TopoSheets

extension Plan {
  /// The plan as a file that `init(contentsOf:)` reads to an equal plan, with all keys: versions of
  /// this program with other defaults read the same plan. Of the evaluation, the keys that were
  /// given.
  /// - Throws: `UserError` if the plan has what files cannot express: a sheet of a size of its own in
  ///   an architecture of layers.
  public func yaml() throws -> String {
    var lines = ["name: \(PlanText.quoted(name))", "data: \(PlanText.quoted(data))"]
    lines.append("subset: \(subset.map(String.init) ?? Self.wholeSet)")
    lines += try architecture.lines()
    lines.append("sheet: [\(sheet.rows), \(sheet.columns)]")
    lines.append("conditions:")
    for group in conditionsByEntry { lines += Self.lines(group[0], lambdas: group.map(\.lambda)) }
    lines += [
      "seeds: \(seeds)", "epochs: \(epochs)", "batch: \(batch)",
      "learning-rate: \(PlanText.decimal(learningRate))",
    ]
    lines += Self.lines(rule)
    lines += [
      "training-fraction: \(PlanText.decimal(trainingFraction))",
      "precision: \(precision.rawValue)",
    ]
    lines += Self.lines(alongTraining)
    lines += [
      "snapshots: [\(snapshots.map(String.init).joined(separator: ", "))]",
      "keep: \(keep.rawValue)", "tensorboard: \(writesEvents)",
    ]
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
    if condition.kind == .activationSimilarity {
      lines += [
        "    view: \(condition.view.rawValue)", "    layout: \(condition.layout.rawValue)",
        "    scale: \(condition.scale.rawValue)",
      ]
    }
    return lines + [
      "    neighborhood: \(neighborhood.shape.rawValue)", "    torus: \(neighborhood.wraps)",
    ]
  }

  private static func lines(_ rule: OptimizerRule) -> [String] {
    switch rule {
    case .sgd(let momentum):
      return ["optimizer: sgd", "momentum: \(PlanText.decimal(momentum))"]
    case .adam(let beta1, let beta2, let epsilon):
      return [
        "optimizer: adam", "beta1: \(PlanText.decimal(beta1))",
        "beta2: \(PlanText.decimal(beta2))", "epsilon: \(PlanText.decimal(epsilon))",
      ]
    }
  }

  private static func lines(_ alongTraining: AlongTraining) -> [String] {
    [
      "along-training:",
      "  measures: [\(alongTraining.measures.further.joined(separator: ", "))]",
      "  images: \(alongTraining.images)", "  every: \(alongTraining.every)",
    ]
  }

  private static func lines(_ evaluation: SuiteDescription) -> [String] {
    guard !evaluation.isEmpty else { return ["evaluation: {}"] }
    let lines = evaluation.yaml.split(separator: "\n")
    return ["evaluation:"] + lines.map { "  \($0)" }
  }
}
