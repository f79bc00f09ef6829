import ArgumentParser
import Toposheet

/// Perturbations of weights, lesions and stimulations of units, and their severities.
struct WeightOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Perturbations of weights, lesions and stimulations of units, with commas, or all (one of "
        + "each kind): "
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
      "Severities, with commas, of all --weights; by default each kind has its own. They are bits "
        + "for quantization, numbers of units for lesion/selective.", valueName: "list"))
  var weightLevels: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Draws of each random perturbation at each severity; 10 by default.", valueName: "n"))
  var weightDraws: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Number of random centers of patches, or all for every unit; 20 by default.",
      valueName: "n|all"))
  var patchCenters: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Seed of weight perturbations, lesions and stimulations; 0 by default.", valueName: "seed"))
  var weightSeed: UInt64?

  /// The given options that exclude `--suite`.
  var given: [String] {
    (weights == "none" ? [] : ["--weights"]) + details
  }

  /// The given options that need perturbations of weights.
  private var details: [String] {
    [("--layers", layers), ("--weight-levels", weightLevels), ("--patch-centers", patchCenters)]
      .filter { $0.1 != nil }.map(\.0)
  }

  /// The part of a suite that the options describe; nil without perturbations.
  /// - Throws: `UserError`; `ValidationError` for options without effect.
  func part() throws -> WeightPart? {
    let perturbations = try WeightPart.perturbations(
      weights, layers: try WeightPart.layers(layers ?? "topographic"))
    for name in details + (weightDraws == nil ? [] : ["--weight-draws"])
      + (weightSeed == nil ? [] : ["--weight-seed"])
    where perturbations.isEmpty {
      throw ValidationError("\(name) belongs to --weights: name some, such as --weights zeroing")
    }
    let part = try WeightPart(
      perturbations: perturbations,
      severities: try weightLevels.map(WeightPart.severities),
      draws: weightDraws ?? WeightPart.defaultDraws,
      centers: try WeightPart.centers(patchCenters ?? "\(WeightPart.defaultCenters)"),
      seed: weightSeed ?? 0)
    guard !perturbations.isEmpty else { return nil }
    for (name, isGiven, isUsed, kind) in [
      ("--layers", layers != nil, !perturbations.allSatisfy(\.kind.isOfUnits), "zeroing"),
      ("--weight-draws", weightDraws != nil, part.hasDraws, "zeroing"),
      ("--patch-centers", patchCenters != nil, part.hasPatches, "lesion/patch"),
      ("--weight-seed", weightSeed != nil, part.isRandom, "zeroing"),
    ] where isGiven && !isUsed {
      throw ValidationError(
        "\(name) has no effect on --weights \(weights): leave it out, or add a kind such as "
          + kind)
    }
    return part
  }
}
