extension PopulationComparison {
  /// What it measures of each pair of networks. Values of a result have endings: `-within`,
  /// `-between` (means over pairs of different seeds, inside conditions and across), both with
  /// `-standard-error` (jackknife over seeds), `-between-same-seed` and `-undefined`.
  public static let measures: [MeasureDescription] = representations + alignments + matchings + maps

  private static var representations: [MeasureDescription] {
    RepresentationView.allCases.flatMap { view in
      let undefined = "dissimilarities are constant, missing or of other sizes"
      let source = "Kriegeskorte et al. 2008"
      var measures = [
        MeasureDescription(
          "rsa-pearson-\(view.rawValue)",
          "Pearson's r of two networks' dissimilarities 1 - r \(view.rowNames)",
          range: "[-1, 1]", undefined: undefined, source: source),
        MeasureDescription(
          "rsa-r-squared-\(view.rawValue)",
          "square of Pearson's r of dissimilarities \(view.rowNames)", range: "[0, 1]",
          undefined: undefined, source: source),
        MeasureDescription(
          "rsa-spearman-\(view.rawValue)",
          "Spearman's rho of dissimilarities \(view.rowNames)", range: "[-1, 1]",
          undefined: undefined, source: source),
      ]
      if view == .weights {
        measures.append(
          MeasureDescription(
            "rsa-pearson-weights-aligned",
            "largest Pearson's r of weight dissimilarities over the symmetries of the sheet",
            range: "[-1, 1]", undefined: "units are not on one grid"))
      }
      return measures
    }
  }

  private static var alignments: [MeasureDescription] {
    ["pre-relu", "post-relu"].flatMap { view in
      [
        MeasureDescription(
          "cka-linear-\(view)", "|Y'X|^2 / (|X'X| |Y'Y|) of centered responses to chosen images",
          range: "[0, 1]", undefined: "responses do not vary", source: "Kornblith et al. 2019"),
        MeasureDescription(
          "cka-debiased-\(view)", "HSIC_1(K, L) / sqrt(HSIC_1(K, K) HSIC_1(L, L))",
          range: "(-inf, inf), usually [0, 1]",
          undefined: "there are fewer than four images or a self-term is not positive",
          source: "Song et al. 2012"),
      ]
    }
  }

  private static var matchings: [MeasureDescription] {
    [
      MeasureDescription(
        "unit-matching-correlation",
        "mean r of units matched one to one with the largest sum of r, before ReLU",
        range: "[-1, 1]", undefined: "all units are constant", source: "Li et al. 2016"),
      MeasureDescription(
        "unit-matching-held-out-correlation",
        "mean r of matched units on the half of the images that the matching does not use",
        range: "[-1, 1]", undefined: "all units are constant"),
      MeasureDescription(
        "soft-matching-correlation",
        "largest sum of P r over plans P with rows 1 / N and columns 1 / M", range: "[-1, 1]",
        undefined: "all units are constant", source: "Khosla and Williams 2024"),
    ]
  }

  private static var maps: [MeasureDescription] {
    ["", "-aligned"].flatMap { kind in
      let place = kind.isEmpty ? "at equal positions" : "under the best symmetry of the sheet"
      let statistic = kind.isEmpty ? "|r|" : "r"
      let undefined = kind.isEmpty ? "units are not at the same positions" : "units are on no grid"
      return [
        MeasureDescription(
          "map-correlation-class-means\(kind)",
          "mean over classes of Pearson's r of class-mean maps \(place)", range: "[-1, 1]",
          undefined: undefined),
        MeasureDescription(
          "map-probability-class-means\(kind)",
          "share of Moran spectral randomizations (weights: minus distances) whose \(statistic) "
            + "\(place), r the mean correlation, is as large",
          range: "(0, 1]", undefined: undefined, source: "Wagner and Dray 2015"),
      ]
    }
  }
}
