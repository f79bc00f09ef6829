import ArgumentParser
import Toposheet

/// Conditions, as in an entry of a plan's `conditions`: every combination of the given lists.
struct ConditionOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "control, ws (weight similarity) or as (activation similarity), with commas.",
      valueName: "names"),
    completion: Completions.penalties)
  var penalty: String

  @Option(
    help: ArgumentHelp(
      "euclidean (the default of ws), cosine or correlation (the default of as), with commas.",
      valueName: "names"),
    completion: Completions.metrics)
  var metric: String?

  // Unconditional, so that -1 is refused as a number, not as an unknown option.
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Lambda, the weight of the penalty: numbers with commas; needed for ws and as.",
      valueName: "list"))
  var lambda: String?

  @Option(
    help: ArgumentHelp(
      "Activations that as compares, before or after ReLU; pre-relu by default.",
      valueName: "name"))
  var view: Penalty.View?

  @Option(
    help: ArgumentHelp(
      "How as reads activations; unit-major by default, untransposed as in published code.",
      valueName: "name"))
  var layout: Penalty.Layout?

  @Option(
    help: ArgumentHelp(
      "How as grows with the batch: with its square root (sum, the default), or not (rms).",
      valueName: "name"))
  var scale: Penalty.Scale?

  @Option(
    help: ArgumentHelp(
      "Neighbors of a unit: up to 8 by default (moore), or 4 (von-neumann).", valueName: "name"))
  var neighborhood: Neighborhood.Shape?

  // The spelling of version 0.1.
  @Option(name: .customLong("neighbourhood"), help: .hidden)
  var oldNeighborhood: Neighborhood.Shape?

  @Flag(help: "Opposite edges of the sheet meet in the penalty.")
  var torus = false

  private var shape: Neighborhood.Shape? { neighborhood ?? oldNeighborhood }

  /// The conditions, without duplicates.
  /// - Throws: `ValidationError` for options that exclude each other, or have no effect.
  func conditions() throws -> [Penalty] {
    let kinds = try Self.items(penalty, "--penalty").map { word in
      guard let kind = Penalty.Kind(rawValue: word) else {
        throw ValidationError("--penalty takes control, ws or as, with commas, not \"\(word)\"")
      }
      return kind
    }
    guard neighborhood == nil || oldNeighborhood == nil else {
      throw ValidationError("--neighborhood occurs twice; name it once")
    }
    try checkUse(kinds)
    let metrics = try metric.map(Self.metrics)
    let lambdas = try lambda.map(Self.lambdas) ?? []
    var conditions: [Penalty] = []
    var seen: Set<Penalty> = []
    for kind in kinds {
      for condition in combinations(kind, metrics ?? [kind.defaultMetric], lambdas) {
        try condition.validate()
        guard seen.insert(condition).inserted else {
          throw ValidationError("the condition \(condition.label) occurs twice; name it once")
        }
        conditions.append(condition)
      }
    }
    return conditions
  }

  private func combinations(
    _ kind: Penalty.Kind, _ metrics: [PenaltyMetric], _ lambdas: [Double]
  ) -> [Penalty] {
    guard kind != .control else { return [.control] }
    let isActivation = kind == .activationSimilarity
    return metrics.flatMap { metric in
      lambdas.map { lambda in
        Penalty(
          kind: kind, metric: metric, lambda: lambda,
          view: isActivation ? view ?? .preReLU : .preReLU,
          layout: isActivation ? layout ?? .unitMajor : .unitMajor,
          scale: isActivation ? scale ?? .sum : .sum,
          neighborhood: Neighborhood(shape ?? .moore, wraps: torus))
      }
    }
  }

  /// Refuses options that no given penalty has.
  /// - Throws: `ValidationError`.
  private func checkUse(_ kinds: [Penalty.Kind]) throws {
    if let kind = kinds.first(where: { $0 != .control }) {
      guard lambda != nil else {
        throw ValidationError("--penalty \(kind.rawValue) needs --lambda, such as --lambda 1")
      }
    } else {
      if let lambda, DecimalText.number(SelectionText.trimmed(lambda)) != 0 {
        throw ValidationError("--penalty control has no lambda; leave --lambda out")
      }
      for (name, isGiven) in [
        ("--metric", metric != nil), ("--neighborhood", shape != nil), ("--torus", torus),
      ] where isGiven {
        throw ValidationError("--penalty control has no use for \(name); leave it out")
      }
    }
    for (name, isGiven) in [
      ("--view", view != nil), ("--layout", layout != nil), ("--scale", scale != nil),
    ] where isGiven && !kinds.contains(.activationSimilarity) {
      throw ValidationError("\(name) belongs to --penalty as; leave it out")
    }
  }

  private static func metrics(_ text: String) throws -> [PenaltyMetric] {
    try items(text, "--metric").map { word in
      guard let metric = PenaltyMetric(rawValue: word) else {
        throw ValidationError(
          "--metric takes euclidean, cosine or correlation, with commas, not \"\(word)\"")
      }
      return metric
    }
  }

  private static func lambdas(_ text: String) throws -> [Double] {
    try items(text, "--lambda").map { word in
      guard let number = DecimalText.number(word) else {
        throw ValidationError(
          "--lambda takes numbers in decimal digits, with commas, not \"\(word)\"")
      }
      return number
    }
  }

  /// The items of a list with commas, without the spaces around them. Spaces within an item stay.
  private static func items(_ text: String, _ option: String) throws -> [String] {
    try SelectionText.parts(text).map { item in
      guard !item.isEmpty else {
        throw ValidationError("\(option) \"\(text)\" is empty in one place; write it as a,b")
      }
      return item
    }
  }
}

extension Penalty.View: ExpressibleByArgument {}
extension Penalty.Layout: ExpressibleByArgument {}
extension Penalty.Scale: ExpressibleByArgument {}
extension Neighborhood.Shape: ExpressibleByArgument {}
