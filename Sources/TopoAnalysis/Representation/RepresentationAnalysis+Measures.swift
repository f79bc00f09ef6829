extension RepresentationAnalysis {
  public static let measures: [MeasureDescription] = dimensionality + dissimilarities

  private static var dimensionality: [MeasureDescription] {
    [
      ("weights", "incoming weights of units", "the layer has no weights or they are all equal"),
      ("pre-relu", "responses before ReLU", "responses do not vary over images"),
      ("post-relu", "responses after ReLU", "responses do not vary over images"),
    ].flatMap { source, features, undefined in
      [
        ("", "(sum l)^2 / sum l^2"), ("entropy-", "exp(-sum p ln p), p = l / sum l"),
        ("maximum-", "sum l / max l"),
      ].map { kind, formula in
        MeasureDescription(
          "effective-dimensionality-\(kind)\(source)",
          "\(formula), l eigenvalues of the covariance of \(features)", unit: "dimensions",
          range: "[1, number of units]", undefined: undefined,
          source: "Del Giudice 2021")
      }
    }
  }

  private static var dissimilarities: [MeasureDescription] {
    RepresentationView.allCases.flatMap { view in
      let undefined = MeasureDescription(
        "dissimilarities-\(view.rawValue)-undefined",
        "number of pairs of rows of which one is constant", unit: "pairs", range: "[0, inf)",
        undefined: "the layer has no labels")
      return (view == .weights ? [] : [undefined])
        + [
          ("pearson", "Pearson's r of dissimilarities 1 - r with given ones", "[-1, 1]"),
          ("r-squared", "square of Pearson's r of dissimilarities with given ones", "[0, 1]"),
          ("spearman", "Spearman's rho of dissimilarities 1 - r with given ones", "[-1, 1]"),
        ].map { kind, formula, range in
          MeasureDescription(
            "rsa-external-\(kind)-\(view.rawValue)", "\(formula), \(view.rowNames)",
            range: range, undefined: "no dissimilarities of as many items are given",
            source: "Kriegeskorte et al. 2008")
        }
    }
  }
}

extension RepresentationView {
  /// What the rows are, as part of a sentence.
  var rowNames: String {
    switch self {
    case .weights: "between weights of units"
    case .preReLU: "between chosen images before ReLU"
    case .classMeansPreReLU: "between class means before ReLU"
    case .postReLU: "between chosen images after ReLU"
    case .classMeansPostReLU: "between class means after ReLU"
    }
  }
}
