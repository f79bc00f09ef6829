extension OrganizationAnalysis {
  public static let measures: [MeasureDescription] =
    MapView.allCases.flatMap(\.measures) + CorrelationView.allCases.flatMap(\.measures)
    + distanceMeasures + [wrapsMeasure]

  /// What distinguishes values on a torus from others of the same name.
  public static let wrapsMeasure = MeasureDescription(
    "sheet-wraps",
    "1 if opposite edges of the sheet meet for all measures of neighbors and distances, otherwise 0",
    range: "{0, 1}", undefined: "the layer has no positions")

  /// The `k` of the nearest in function.
  static let nearest = [1, 5, 10]
  /// The correlations above which distances are averaged.
  static let thresholds = [0.5, 0.7, 0.9]

  /// The measures that only layers with a layout have, in the order of results.
  static let distanceMeasures = decayMeasures + smoothnessMeasures + localizationMeasures

  private static let decayMeasures: [MeasureDescription] =
    [
      .init(
        "correlation-length", "l of the least squares fit r(d) = c + a exp(-d / l) to all pairs",
        unit: "distance", range: "[0.2, 50] steps",
        undefined: "a <= 0, R^2 < 0.01, or the best l is at an end of the range"),
      .init(
        "correlation-decay-amplitude", "a of r(d) = c + a exp(-d / l)", range: "(-inf, inf)",
        undefined: "there are fewer than three distances, or all r are equal"),
      .init(
        "correlation-decay-offset", "c of r(d) = c + a exp(-d / l)", range: "(-inf, inf)",
        undefined: "there are fewer than three distances, or all r are equal"),
      .init(
        "correlation-decay-r-squared", "R^2 of r(d) = c + a exp(-d / l)", range: "[0, 1]",
        undefined: "there are fewer than three distances, or all r are equal"),
      .init(
        "correlation-distance-spearman", "Spearman's correlation of r and -d over pairs",
        range: "[-1, 1]", undefined: "all r or all d are equal"),
      .init(
        "correlation-distance-alignment",
        "Pearson's correlation of r and 1 / (d + 1) over pairs, d in steps", range: "[-1, 1]",
        undefined: "all r or all d are equal", source: "TDANN, Margalit et al. 2024"),
    ]
    + thresholds.map {
      .init(
        "distance-of-correlated-\($0)", "mean distance of the pairs with r > \($0)",
        unit: "distance", range: "[0, inf)", undefined: "there is no such pair")
    }

  static let smoothnessMeasures: [MeasureDescription] =
    MapSmoothness.measures(
      "smoothness-class-means",
      "mean over maps of mean responses to a class of (max c - c_1) / max c, c_k the mean of "
        + "|m_u - m_v| in distance bin k of at least 30 pairs",
      over: "classes",
      undefined: "no class has a map with different values, or pairs are too few")
    + [
      .init(
        "smoothness-class-means-undefined", "number of class maps without smoothness",
        unit: "maps", range: "[0, inf)", undefined: "the layer has no labels")
    ]

  private static let localizationMeasures =
    nearest.flatMap {
      withNull(
        "functional-distance-\($0)",
        "mean distance of a unit and the \($0) units with the largest r with it",
        undefined: "fewer than \($0 + 1) units vary, or all r are equal")
    }
    + withNull(
      "coactivation-distance",
      "mean over images of the mean distance of pairs of the most active tenth of units",
      undefined: "no image has two active units")
    + [
      .init(
        "coactivation-distance-undefined", "number of images with fewer than two active units",
        unit: "images", range: "[0, inf)")
    ]

  /// A measure of distance with those of its null.
  private static func withNull(
    _ name: String, _ formula: String, undefined: String
  ) -> [MeasureDescription] {
    [
      .init(name, formula, unit: "distance", range: "[0, inf)", undefined: undefined),
      .init(
        "\(name)-null-mean", "the mean of the same with places permuted", unit: "distance",
        range: "[0, inf)", undefined: undefined),
      .init(
        "\(name)-ratio", "the measure as a multiple of its null's mean", range: "[0, inf)",
        undefined: undefined),
      .init(
        "\(name)-z", "the measure less its null's mean, in the null's standard deviations",
        range: "(-inf, inf)", undefined: "\(undefined), or all permutations are equal"),
      .init(
        "\(name)-p", "(1 + number of permutations with at most the distance) / (1 + permutations)",
        range: "(0, 1]", undefined: undefined),
    ]
  }
}
