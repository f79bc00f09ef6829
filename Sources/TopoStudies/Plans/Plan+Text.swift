import TopoCompute
import TopoEvaluation
import TopoFoundation
import TopoSheets

extension Plan {
  /// The plan as a file that `init(contentsOf:)` reads to an equal plan. Optional keys with their
  /// default are left out, except those that every plan should state.
  /// - Throws: `UserError` if the plan has what files cannot express: a torus, constants of Adam.
  public func yaml() throws -> String {
    var lines = ["name: \(Self.quoted(name))", "data: \(Self.quoted(data))"]
    if let subset { lines.append("subset: \(subset)") }
    lines.append("architecture: \(Self.quoted(architecture))")
    lines.append("sheet: [\(sheet.rows), \(sheet.columns)]")
    lines.append("conditions:")
    for condition in conditions { lines += try Self.lines(condition) }
    lines += [
      "seeds: \(seeds)", "epochs: \(epochs)", "batch: \(batch)",
      "learning-rate: \(Self.decimal(learningRate))",
    ]
    lines += try Self.lines(rule)
    lines += Self.lines(alongTraining)
    if !snapshots.isEmpty {
      lines.append("snapshots: [\(snapshots.map(String.init).joined(separator: ", "))]")
    }
    if keep != .checkpoints { lines.append("keep: \(keep.rawValue)") }
    lines += Self.lines(evaluation)
    return lines.joined(separator: "\n") + "\n"
  }

  private static func lines(_ condition: Penalty) throws -> [String] {
    guard condition.kind != .control else { return ["  - penalty: control"] }
    let neighborhood = condition.neighborhood
    guard !neighborhood.wraps else {
      throw UserError(
        "the condition \(condition.label) cannot be written into a plan: a torus has no key "
          + "in plans; leave it out")
    }
    var lines = [
      "  - penalty: \(condition.kind.rawValue)", "    metric: \(condition.metric.rawValue)",
      "    lambda: \(decimal(condition.lambda))",
    ]
    if condition.view != .preReLU { lines.append("    view: \(condition.view.rawValue)") }
    if condition.layout != .unitMajor { lines.append("    layout: \(condition.layout.rawValue)") }
    if condition.scale != .sum { lines.append("    scale: \(condition.scale.rawValue)") }
    if neighborhood.shape != .moore {
      lines.append("    neighborhood: \(neighborhood.shape.rawValue)")
    }
    return lines
  }

  private static func lines(_ rule: OptimizerRule) throws -> [String] {
    switch rule {
    case .sgd(let momentum):
      return ["optimizer: sgd"] + (momentum == 0 ? [] : ["momentum: \(decimal(momentum))"])
    case .adam:
      guard rule == .adam() else {
        throw UserError(
          "an optimizer with other constants than Adam's usual ones cannot be written into a plan; "
            + "leave them out")
      }
      return ["optimizer: adam"]
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

  /// The shortest decimal that reads back as the number; whole numbers without a point.
  private static func decimal(_ number: some BinaryFloatingPoint & CustomStringConvertible)
    -> String
  {
    let text = number.description
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }

  /// A text as a YAML scalar: plain if YAML cannot read it as anything but a text, otherwise
  /// in quotes.
  private static func quoted(_ text: String) -> String {
    let words: Set = ["true", "false", "yes", "no", "on", "off", "null", "y", "n"]
    let isPlain =
      text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "/._-".contains($0)) }
      && text.first.map { $0.isLetter || $0 == "/" } ?? false
      && !words.contains(text.lowercased())
    guard !isPlain else { return text }
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": quoted += "\\\(scalar)"
      case "\n": quoted += "\\n"
      case "\t": quoted += "\\t"
      case _ where scalar.value < 0x20 || (0x7F...0xA0).contains(scalar.value):
        quoted += "\\x" + String(scalar.value + 0x100, radix: 16).dropFirst()
      case "\u{FEFF}": quoted += "\\uFEFF"
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "\""
  }
}
