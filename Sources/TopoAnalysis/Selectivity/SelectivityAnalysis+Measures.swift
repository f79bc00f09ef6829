extension SelectivityAnalysis {
  public static let measures: [MeasureDescription] =
    unitMeasures + mapMeasures + smoothnessMeasures + patchMeasures + radiusMeasures

  /// The d' from which on units count as selective.
  static let thresholds = [("0.5", 0.5), ("1", 1.0), ("1.5", 1.5), ("2", 2.0)]

  private static let tdann = "TDANN, Margalit et al. 2024"
  private static let unresponsive = "d' is 0 for all classes, as for a unit with constant responses"

  private static let unitMeasures: [MeasureDescription] =
    [
      .init(
        "preferred-class",
        "the class with the largest d' = (mean_on - mean_off) / sqrt((var_on + var_off) / 2)",
        unit: "class", range: "[0, K)", undefined: unresponsive, source: tdann, isPerUnit: true),
      .init(
        "preferred-d-prime", "d' for the preferred class", range: "[0, inf)",
        undefined: unresponsive, source: tdann, isPerUnit: true),
      .init(
        "preferred-class-undefined", "number of units without a preferred class", unit: "units",
        range: "[0, N]", undefined: "the layer has no labels"),
    ]
    + thresholds.map {
      .init(
        "selective-fraction-\($0.0)", "fraction of units whose largest d' is at least \($0.0)",
        range: "[0, 1]", undefined: "the layer has no labels")
    }
    + [
      .init(
        "preferred-class-entropy", "-sum p log p, p the fraction of units that prefer a class",
        unit: "nats", range: "[0, log K]", undefined: "no unit prefers a class"),
      .init(
        "significant-classes",
        "number of classes with Welch's t > 0 and a two-sided p that is significant at a false "
          + "discovery rate of 5% over all units and classes",
        unit: "classes", range: "[0, K]", undefined: "no unit and class have a test",
        source: "Benjamini and Hochberg 1995", isPerUnit: true),
      .init(
        "significant-pairs", "fraction of units and classes that are significant, as above",
        range: "[0, 1]", undefined: "no unit and class have a test",
        source: "Benjamini and Hochberg 1995"),
      .init(
        "significant-units", "fraction of units that are significant for any class",
        range: "[0, 1]", undefined: "no unit and class have a test",
        source: "Benjamini and Hochberg 1995"),
    ]

  /// In the order of results.
  static let mapMeasures: [MeasureDescription] = [
    .init(
      "morans-i-d-prime", "mean over classes of Moran's I of the map of d'",
      range: "about [-1, 1]", undefined: "no map of d' has both different values and neighbors"),
    .init(
      "morans-i-d-prime-undefined", "number of maps of d' without Moran's I", unit: "maps",
      range: "[0, K]", undefined: "the layer has no positions"),
    .init(
      "morans-i-islands",
      "mean over classes of Moran's I of the map that is 1 in patches of at least 8 selective "
        + "units",
      range: "about [-1, 1]", undefined: "there are no such patches",
      source: "Topo-Omni, EPFL 2026"),
    .init(
      "morans-i-islands-undefined", "number of classes without islands", unit: "classes",
      range: "[0, K]", undefined: "the layer has no positions"),
  ]

  /// In the order of results.
  static let patchMeasures: [MeasureDescription] =
    withNull(
      "patches", "number of patches of at least 2 connected units with d' >= 1, of all classes",
      unit: "patches", range: "[0, inf)", undefined: "no unit is selective",
      p: "twice the smaller tail, at most 1")
    + withNull(
      "patch-mean-size", "mean number of units of a patch", unit: "units", range: "[2, N]",
      undefined: "there are no patches")
    + withNull(
      "patch-largest", "number of units of the largest patch", unit: "units", range: "[0, N]",
      undefined: "no unit is selective")
    + withNull(
      "patch-fraction", "fraction of selective units that are in a patch", unit: "1",
      range: "[0, 1]", undefined: "no unit is selective")

  private static let radiusMeasures: [MeasureDescription] = [
    .init(
      "cluster-radius",
      "smallest r >= 1 whose square of 2 r + 1 units around the unit has every preferred class",
      unit: "grid steps", range: "[1, side / 2)",
      undefined: "no such square is below half of the sheet", source: "All-TNN, Lu et al. 2023",
      isPerUnit: true),
    .init(
      "cluster-radius-mean", "mean cluster radius of units", unit: "grid steps",
      range: "[1, side / 2)", undefined: "no unit has one, or units are not on a sheet"),
    .init(
      "cluster-radius-undefined", "number of units without a cluster radius", unit: "units",
      range: "[0, N]", undefined: "units are not on a sheet"),
  ]

  private static func withNull(
    _ name: String, _ formula: String, unit: String, range: String, undefined: String,
    p: String = "(1 + number of permutations with at least as much) / (1 + permutations)"
  ) -> [MeasureDescription] {
    [
      .init(name, formula, unit: unit, range: range, undefined: undefined),
      .init(
        "\(name)-null-mean", "the mean of the same with places permuted", unit: unit,
        range: range, undefined: undefined),
      .init(
        "\(name)-z", "the measure less its null's mean, in the null's standard deviations",
        range: "(-inf, inf)", undefined: "\(undefined), or all permutations are equal"),
      .init("\(name)-p", p, range: "(0, 1]", undefined: undefined),
    ]
  }
}
