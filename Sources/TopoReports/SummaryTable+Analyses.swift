import TopoEvaluation

extension SummaryTable {
  /// Tables of what networks learned: a few measures of each analysis. All are in `metrics.csv`.
  static let analysisColumns: [(title: String, columns: [Column])] = [
    (
      "Organization of the sheet",
      [
        column("Moran's I, classes", "morans-i-class-means"),
        column("Moran's I, weights", "morans-i-weights"),
        column("r of neighbors", "correlation-neighbors-pre-relu"),
        column("length of r(d)", "correlation-length"),
        column("functional distance / chance", "functional-distance-5-ratio"),
        column("bimodality", "correlation-bimodality-pre-relu"),
      ]
    ),
    (
      "Selectivity for classes",
      [
        column("share of units with d' >= 1", "selective-fraction-1"),
        column("patches", "patches", digits: 1),
        column("largest patch", "patch-largest", digits: 1),
        column("share in patches", "patch-fraction"),
        column("Moran's I, d'", "morans-i-d-prime"),
      ]
    ),
    (
      "Units",
      [
        column("expert units, AP >= 0.5", "expert-units-0.5", digits: 1),
        column("best AP per class", "largest-average-precision"),
        column("variance, mean", "variance-mean"),
        column("CV^2, median", "squared-variation-median"),
        column("eta^2, mean", "eta-squared-mean"),
        column("lifetime sparseness", "lifetime-sparseness-mean"),
      ]
    ),
    (
      "Representation: effective dimensionality",
      [
        column("weights", "effective-dimensionality-weights", digits: 2),
        column("before ReLU", "effective-dimensionality-pre-relu", digits: 2),
        column("after ReLU", "effective-dimensionality-post-relu", digits: 2),
      ]
    ),
    (
      "Tuning of units",
      [
        column("gratings, gOSI", "grating-global-selectivity-mean"),
        column("gratings, bandwidth", "grating-bandwidth-mean", digits: 1),
        column("horizontal symmetry, patterns", "symmetry-patterns-horizontal-index-mean"),
        column("horizontal reflection r", "reflection-invariance-horizontal-mean"),
        column("eccentricity, apertures", "aperture-eccentricity-mean"),
      ]
    ),
    (
      "Agreement with people",
      [
        column("cross-entropy", "people-cross-entropy"),
        column("divergence", "people-divergence"),
        column("share that agrees", "people-agreement"),
        column("accuracy, majority", "people-majority-accuracy"),
        column("kappa of errors", "people-error-consistency"),
        column("majority = label", "people-majority-of-labels"),
      ]
    ),
  ]

  private static func column(_ title: String, _ measure: String, digits: Int = 3) -> Column {
    Column(
      title: title, measure: measure, perturbation: Record.clean, percent: false, digits: digits)
  }
}
