import TopoEvaluation

/// All figures of a report. A further figure is a function below and a line in `all`.
enum FigureCatalog {
  /// What a figure is called if it cannot be drawn, and what makes it.
  struct Entry: Sendable {
    var name: String
    var title: String
    /// What its data come from, for the note that it is missing.
    var needs: String
    var make: @Sendable (FigureSource) -> Figure?
  }

  /// In the order of the report.
  static let all: [Entry] = [
    Entry("accuracy", "Accuracy over lambda", "evaluated networks", accuracy),
    Entry("training", "Losses and accuracy over epochs", "training.csv", training),
    Entry("sheets-by-epoch", "Sheets over epochs", "measures-by-epoch.csv", sheetsByEpoch),
    Entry("noise", "Change of accuracy under noise", "the suite noise", noise),
    Entry("corruptions", "Common corruptions", "the suite corruptions or mnist-c", corruptions),
    Entry(
      "corruptions-by-kind", "Accuracy by corruption", "the suite corruptions or mnist-c",
      corruptionsByKind),
    Entry("weights", "Accuracy of perturbed weights", "the suite weights", weights),
    Entry(
      "weights-area", "Area under accuracy of perturbed weights", "the suite weights", weightAreas),
    Entry("lesions", "Accuracy after lesions and stimulation", "the suite lesions", lesions),
    Entry("attacks", "Accuracy under attacks", "the suite adversarial", attacks),
    Entry("calibration", "Calibration", "evaluated networks", calibration),
    Entry("maps", "Sheets of units", "the analysis selectivity or tuning", maps),
    Entry("morans-i", "Spatial order of sheets", "the analysis organization", moransI),
    Entry(
      "neighbors", "Correlation of neighbors, and localization", "the analysis organization",
      neighbors),
    Entry(
      "correlation-histogram", "Correlations of pairs of units", "the analysis organization",
      correlationHistogram),
    Entry(
      "correlation-by-distance", "Correlation over distance", "the analysis organization",
      correlationByDistance),
    Entry("dimensionality", "Effective dimensionality", "the analysis representation", dimensions),
    Entry("eigenvalues", "Spectra of responses", "the analysis representation", eigenvalues),
    Entry("sensitivity", "Sensitivity of units to images", "the analysis units", sensitivity),
    Entry("experts", "Expert units", "the analysis units", experts),
    Entry(
      "experts-by-threshold", "Expert units over the threshold", "the analysis units",
      expertsByThreshold),
    Entry("tuning", "Orientation, symmetry and eccentricity", "the analysis tuning", tuning),
    Entry("orientations", "Preferred orientations", "the analysis tuning", orientations),
    Entry("eccentricity", "Eccentricity profiles", "the analysis tuning", eccentricity),
    Entry(
      "similarity", "Similarity of conditions (RSA and CKA)", "the analysis comparison",
      similarity),
    Entry("consistency", "Agreement with other seeds", "the analysis comparison", consistency),
    Entry("ensembles", "Ensembles", "the analysis ensembles", ensembles),
  ]

  /// The figures of a study, and the entries that its results have no data for.
  static func figures(of study: StudyResults) -> (figures: [Figure], missing: [Entry]) {
    let source = FigureSource(study)
    var (figures, missing) = ([Figure](), [Entry]())
    for entry in all {
      if let figure = entry.make(source) { figures.append(figure) } else { missing.append(entry) }
    }
    return (figures, missing)
  }

  /// What means and points are, for captions.
  static let reading =
    "Large marks are means over seeds with Student's 95 % intervals, small points are single "
    + "networks, and the band with a dashed line is control."
}

extension FigureCatalog.Entry {
  fileprivate init(
    _ name: String, _ title: String, _ needs: String,
    _ make: @escaping @Sendable (FigureSource) -> Figure?
  ) {
    (self.name, self.title, self.needs, self.make) = (name, title, needs, make)
  }
}
