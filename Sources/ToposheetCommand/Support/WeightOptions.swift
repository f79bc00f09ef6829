import ArgumentParser
import Toposheet

/// Which weight perturbations and lesions, and how strong.
struct WeightOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Perturbations of weights and lesions of units, with commas, or all (one of each kind): "
        + WeightPerturbation.Kind.allCases.map(\.rawValue).joined(separator: ", ")
        + "; none by default.", valueName: "kinds"), completion: Completions.weights)
  var weights = "none"

  @Option(
    help: ArgumentHelp(
      "Layers whose weights are perturbed: topographic (the default), readout, dense, all, or "
        + "layers' names.", valueName: "names"),
    completion: .list(["topographic", "readout", "dense", "all"]))
  var layers: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "How much, with commas, for all of --weights; by default each kind's own levels. Bits for "
        + "quantization, units for lesion/selective.", valueName: "list"))
  var weightLevels: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Draws of each random perturbation at each level; 10 by default.", valueName: "n"))
  var weightRepeats: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Centres of patch lesions, drawn at random, or all for every unit; 20 by default.",
      valueName: "n|all"))
  var patchCentres: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Seed of weight perturbations and lesions.", valueName: "seed"))
  var weightSeed: UInt64 = 0

  /// The options that say how weights are perturbed and were given, but for those that suites take,
  /// too.
  var given: [String] {
    [("--layers", layers), ("--weight-levels", weightLevels), ("--patch-centres", patchCentres)]
      .filter { $0.1 != nil }.map(\.0)
  }

  /// What to do; nil for nothing.
  /// - Throws: `UserError`; `ValidationError` for options without anything to do.
  func selection() throws -> WeightSelection? {
    let perturbations = try WeightSelection.perturbations(
      weights, layers: try WeightSelection.layers(layers ?? "topographic"))
    for name in given + (weightRepeats == nil ? [] : ["--weight-repeats"])
    where perturbations.isEmpty {
      throw ValidationError("\(name) belongs to --weights: name some, such as --weights zeroing")
    }
    let selection = try WeightSelection(
      perturbations: perturbations,
      severities: try weightLevels.map(WeightSelection.severities),
      draws: weightRepeats ?? WeightSelection.defaultDraws,
      centres: try WeightSelection.centres(
        patchCentres ?? "\(WeightSelection.defaultCentres)"),
      seed: weightSeed)
    return perturbations.isEmpty ? nil : selection
  }

  /// Evaluates models; nothing where no perturbation was asked for.
  /// - Parameters:
  ///   - evaluation: whose images, normalisation and memory are used.
  ///   - status: shows how far it is.
  /// - Throws: as `WeightEvaluation.run`.
  func records(
    _ selection: WeightSelection?, like evaluation: Evaluation, of models: [EvaluatedModel],
    device: any Device, status: inout StatusLine
  ) throws -> [Record] {
    guard let selection else { return [] }
    var weights = WeightEvaluation(
      images: evaluation.images, dataset: evaluation.dataset,
      normalization: evaluation.normalization, selection: selection)
    weights.memoryLimit = evaluation.memoryLimit
    let began = ContinuousClock.now
    return try weights.run(models, device: device) { done, all in
      status.show("perturbing weights", done: done, of: all, since: began)
    }
  }

  /// What records of a selection follow from, by name.
  static func provenance(_ selection: WeightSelection?) -> [String: String] {
    guard let selection else { return [:] }
    return [
      "weight-seed": "\(selection.seed)", "weight-repeats": "\(selection.draws)",
      "patch-centres": selection.centres.map { "\($0)" } ?? "all",
    ]
  }
}
