extension UnitsAnalysis {
  public static let measures: [MeasureDescription] =
    diagnosticMeasures + weightNorm.descriptions + neighborMeasures + transmission.descriptions
    + summarized.flatMap(\.descriptions) + expertMeasures

  /// All of them, in the order of results.
  private static let summarized = [
    variance, rectifiedVariance, relativeVariance, squaredVariation, etaSquared, activeUnits,
    populationSparseness, populationTrevesRolls, populationEntropy, activeImages, energy,
    lifetimeSparseness, lifetimeTrevesRolls, unitEntropy, normalizedEntropy, rectifiedEntropy,
    commonRangeEntropy, topClassEntropy, expertPrecision, expertArea,
  ]

  private static let noWeights = "the layer has no weights"
  private static let unplaced = "the layer has no weights or no positions"
  private static let noLabels = "the layer has no labels"

  private static let diagnosticMeasures: [MeasureDescription] = [
    .init(
      "silent-unit-count", "number of units with z <= 0 for all images", unit: "units",
      range: "[0, N]"),
    .init("silent-fraction", "share of units with z <= 0 for all images", range: "[0, 1]"),
    .init(
      "constant-unit-count", "number of units with var(z) <= 1e-12 * the layer's mean square of z",
      unit: "units", range: "[0, N]"),
    .init(
      "constant-fraction", "share of units with var(z) <= 1e-12 * the layer's mean square of z",
      range: "[0, 1]"),
  ]

  static let weightNorm = SummarizedMeasure.units(
    "weight-norm", "||w||", unit: "weight", range: "[0, inf)", undefined: noWeights)

  static let noInputs = "the layer has no weights, or the responses of its inputs are not given"
  static let transmission = SummarizedMeasure.units(
    "transmission", "sum_i |w_ui| mean(|x_i|) over the inputs i, mean over images",
    unit: "response", range: "[0, inf)", undefined: noInputs)

  static let neighborNames = neighborMeasures.map(\.name)
  private static let neighborMeasures: [MeasureDescription] = [
    .init(
      "neighbor-distance-weights", "mean of ||w_u - w_v|| over pairs of neighbors", unit: "weight",
      range: "[0, inf)", undefined: "\(unplaced), or no unit has neighbors",
      source: "Truong and Hasson 2025, code"),
    .init(
      "relative-neighbor-distance-weights", "neighbor-distance-weights / mean of ||w_u||",
      range: "[0, inf)", undefined: "\(unplaced), or all weights are 0"),
    .init(
      "neighbor-cosine-weights", "mean of cos(w_u, w_v) over pairs of neighbors without w = 0",
      range: "[-1, 1]", undefined: "\(unplaced), or no pair has a cosine"),
    .init(
      "neighbor-cosine-weights-undefined", "pairs of neighbors with w = 0 in one of them",
      unit: "pairs", range: "[0, all]", undefined: noWeights),
    .init(
      "neighbor-correlation-weights",
      "mean of the Pearson correlation of w_u and w_v over pairs of neighbors",
      range: "[-1, 1]", undefined: "\(unplaced), or no pair has a correlation"),
    .init(
      "neighbor-correlation-weights-undefined",
      "pairs of neighbors with equal weights for all inputs in one of them", unit: "pairs",
      range: "[0, all]", undefined: noWeights),
  ]

  static let variance = SummarizedMeasure.units(
    "variance", "var(z) over images, ddof 0", unit: "response^2", range: "[0, inf)")
  static let rectifiedVariance = SummarizedMeasure.units(
    "variance-post-relu", "var(a) over images, a = max(z, 0)", unit: "response^2",
    range: "[0, inf)")
  static let relativeVariance = SummarizedMeasure.units(
    "relative-variance", "var(z) / the layer's mean square of z", range: "[0, inf)",
    undefined: "all responses of the layer are 0")
  static let squaredVariation = SummarizedMeasure.units(
    "squared-variation", "var(a) / mean(a)^2", range: "[0, n - 1]", undefined: "the unit is silent")
  static let etaSquared = SummarizedMeasure.units(
    "eta-squared", "sum_c n_c (mean_c(z) - mean(z))^2 / (n var(z))", range: "[0, 1]",
    undefined: "the unit is constant or the layer has no labels")

  static let activeUnits = SummarizedMeasure.images(
    "active-units", "share of units with z > 0", range: "[0, 1]")
  static let populationSparseness = SummarizedMeasure.images(
    "population-sparseness", "(1 - mean(a)^2 / mean(a^2)) / (1 - 1/N) over units",
    range: "[0, 1]", undefined: "no unit is active or there is only one unit",
    source: "Vinje and Gallant 2000")
  static let populationTrevesRolls = SummarizedMeasure.images(
    "population-treves-rolls", "mean(a)^2 / mean(a^2) over units", range: "[1/N, 1]",
    undefined: "no unit is active", source: "Treves and Rolls 1991")
  static let populationEntropy = SummarizedMeasure.images(
    "population-entropy", "-sum_u p_u ln p_u / ln N, p_u = a_u / sum a", range: "[0, 1]",
    undefined: "no unit is active or there is only one unit")

  static let activeImages = SummarizedMeasure.units(
    "active-images", "share of images with z > 0", range: "[0, 1]")
  static let energy = SummarizedMeasure.units(
    "energy", "mean(a) over images", unit: "response", range: "[0, inf)")
  static let lifetimeSparseness = SummarizedMeasure.units(
    "lifetime-sparseness", "(1 - mean(a)^2 / mean(a^2)) / (1 - 1/n) over images",
    range: "[0, 1]", undefined: "the unit is silent or there is only one image",
    source: "Vinje and Gallant 2000")
  static let lifetimeTrevesRolls = SummarizedMeasure.units(
    "lifetime-treves-rolls", "mean(a)^2 / mean(a^2) over images", range: "[1/n, 1]",
    undefined: "the unit is silent", source: "Treves and Rolls 1991")
  static let unitEntropy = SummarizedMeasure.units(
    "unit-entropy", "entropy of the histogram of z in 32 bins over the unit's range",
    unit: "nats", range: "[0, ln 32]")
  static let normalizedEntropy = SummarizedMeasure.units(
    "unit-entropy-normalized", "unit-entropy / ln 32", range: "[0, 1]")
  static let rectifiedEntropy = SummarizedMeasure.units(
    "unit-entropy-post-relu", "entropy of the histogram of a in 32 bins over the unit's range",
    unit: "nats", range: "[0, ln 32]")
  static let commonRangeEntropy = SummarizedMeasure.units(
    "unit-entropy-common-range", "entropy of the histogram of z in 32 bins over the layer's range",
    unit: "nats", range: "[0, ln 32]")
  static let topClassEntropy = SummarizedMeasure.units(
    "top-class-entropy", "entropy of the classes of the 100 images with the largest z",
    unit: "nats", range: "[0, ln K]", undefined: noLabels)

  static let expertPrecision = SummarizedMeasure.units(
    "expert-average-precision",
    "largest over classes of AP = sum_k (R_k - R_(k-1)) P_k over distinct z", range: "(0, 1]",
    undefined: noLabels, source: "scikit-learn; selectivity of experts: Suau et al. 2020")
  static let expertArea = SummarizedMeasure.units(
    "expert-auc", "area under the ROC curve of z for the unit's expert class, by mid-ranks",
    range: "[0, 1]", undefined: "the layer has no labels or all images have the same")

  /// Measures with a value for each threshold of the average precision.
  static let expertFamilies = [
    "expert-units", "multiple-expert-units", "expert-gini", "expert-distance",
    "expert-distance-ratio", "expert-distance-z", "expert-distance-p",
  ]

  private static let expertMeasures: [MeasureDescription] =
    [
      .init(
        "preferred-class-by-mean", "class with the largest mean z, the first of equal ones",
        unit: "class", range: "0..<K", undefined: noLabels, isPerUnit: true),
      .init(
        "expert-class", "class with the largest average precision, the first of equal ones",
        unit: "class", range: "0..<K", undefined: noLabels, isPerUnit: true),
      .init(
        "largest-average-precision", "mean over classes of the largest average precision of a unit",
        range: "(0, 1]", undefined: noLabels),
    ] + ExpertUnits.thresholds.flatMap(expertMeasures(of:))

  private static func expertMeasures(of threshold: Double) -> [MeasureDescription] {
    let pairs = "no class has two experts or the layer has no positions"
    return [
      .init(
        "expert-units-\(threshold)", "number of units with AP >= \(threshold) for some class",
        unit: "units", range: "[0, N]", undefined: noLabels),
      .init(
        "multiple-expert-units-\(threshold)",
        "number of units with AP >= \(threshold) for several classes", unit: "units",
        range: "[0, N]", undefined: noLabels),
      .init(
        "expert-gini-\(threshold)",
        "sum_cd |x_c - x_d| / (2 K^2 mean(x)) of the numbers x of units with AP >= \(threshold)",
        range: "[0, 1 - 1/K]", undefined: "there are no experts or the layer has no labels"),
      .init(
        "expert-distance-\(threshold)",
        "mean distance of pairs of units with AP >= \(threshold) for the same class",
        unit: "grid steps", range: "[0, inf)", undefined: pairs),
      .init(
        "expert-distance-ratio-\(threshold)",
        "expert-distance-\(threshold) / its mean with the positions of all units permuted",
        range: "[0, inf)", undefined: pairs),
      .init(
        "expert-distance-z-\(threshold)",
        "(expert-distance-\(threshold) - mean) / sd with the positions of all units permuted",
        range: "(-inf, inf)",
        undefined: pairs + ", or permutations change nothing"),
      .init(
        "expert-distance-p-\(threshold)",
        "(1 + number of permutations of all units with at most expert-distance-\(threshold)) "
          + "/ (1 + number)",
        range: "(0, 1]", undefined: pairs),
      .init(
        "negative-expert-units-\(threshold)",
        "number of units with AP of -z >= \(threshold) for some class", unit: "units",
        range: "[0, N]", undefined: noLabels),
    ]
  }
}
