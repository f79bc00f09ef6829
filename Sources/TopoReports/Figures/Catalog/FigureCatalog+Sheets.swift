import TopoEvaluation

extension FigureCatalog {
  /// Moran's I of several maps.
  static func moransI(_ source: FigureSource) -> Figure? {
    lambdaFigure(
      source, "morans-i", "Spatial order of sheets",
      "Moran's I: about 0 without spatial order, toward 1 if neighbors agree. Mean over maps. ",
      [
        ("responses to images", "morans-i-pre-relu", "Moran's I"),
        ("mean responses to classes", "morans-i-class-means", "Moran's I"),
        ("incoming weights", "morans-i-weights", "Moran's I"),
      ])
  }

  /// Correlation of neighbors, localization, bimodality.
  static func neighbors(_ source: FigureSource) -> Figure? {
    lambdaFigure(
      source, "neighbors", "Correlation of neighbors, and localization",
      "Pearson's r of neighboring units over images; mean distance of a unit and the 5 units that "
        + "respond most alike, over that of chance (below 1: nearer); the dip of all correlations "
        + "(larger: two peaks rather than one). ",
      [
        ("r of neighbors", "correlation-neighbors-pre-relu", "Pearson's r"),
        ("functional distance / chance", "functional-distance-5-ratio", "ratio"),
        ("bimodality of r", "correlation-dip-pre-relu", "dip"),
      ])
  }

  /// Dimensions of weights and responses.
  static func dimensions(_ source: FigureSource) -> Figure? {
    lambdaFigure(
      source, "dimensionality", "Effective dimensionality",
      "Participation ratio of the eigenvalues of covariances: 1 if all units do the same, at most "
        + "the number of units. ",
      [
        ("weights", "effective-dimensionality-weights", "dimensions"),
        ("responses before ReLU", "effective-dimensionality-pre-relu", "dimensions"),
        ("responses after ReLU", "effective-dimensionality-post-relu", "dimensions"),
      ])
  }

  /// Variance of units over images, with and without the scale of weights.
  static func sensitivity(_ source: FigureSource) -> Figure? {
    lambdaFigure(
      source, "sensitivity", "Sensitivity of units to images",
      "Variance of responses over images. It grows with the weights; the relative variance, which "
        + "is that as a share of the mean square, does not. ",
      [
        ("variance", "variance-mean", "variance"),
        ("relative variance", "relative-variance-mean", "share of the mean square"),
        ("norm of weights", "weight-norm-mean", "norm"),
      ])
  }

  /// Numbers of experts, and where they are.
  static func experts(_ source: FigureSource) -> Figure? {
    lambdaFigure(
      source, "experts", "Expert units",
      "Units whose response ranks the images of one class first: average precision of at least "
        + "0.5, 0.7 or 0.9. The last panel is the mean distance of experts of one class over that of "
        + "permuted positions. ",
      [
        ("average precision from 0.5", "expert-units-0.5", "units"),
        ("average precision from 0.7", "expert-units-0.7", "units"),
        ("average precision from 0.9", "expert-units-0.9", "units"),
        ("distance of experts / chance", "expert-distance-ratio-0.5", "ratio"),
      ])
  }

  /// Measures of tuning over lambda.
  static func tuning(_ source: FigureSource) -> Figure? {
    lambdaFigure(
      source, "tuning", "Orientation, symmetry and eccentricity",
      "Means over units. Selectivity 0: no preferred orientation, 1: one only. Symmetry index above "
        + "0: larger responses to symmetric images than to controls. Eccentricity 0: the center of "
        + "the image, 1: half of its side away. ",
      [
        ("orientation selectivity, bars", "bar-global-selectivity-mean", "selectivity"),
        ("orientation selectivity, gratings", "grating-global-selectivity-mean", "selectivity"),
        ("orientation bandwidth, bars", "bar-bandwidth-mean", "degrees"),
        ("symmetry, vertical patterns", "symmetry-patterns-vertical-index-mean", "index"),
        ("symmetry, horizontal patterns", "symmetry-patterns-horizontal-index-mean", "index"),
        ("mirror image", "reflection-invariance-vertical-mean", "Pearson's r"),
        ("eccentricity, apertures", "aperture-eccentricity-mean", "half sides"),
        ("eccentricity, gradients", "gradient-eccentricity-mean", "half sides"),
        ("receptive field", "receptive-field-area-mean", "pixels"),
      ])
  }

  /// Similarity of a network with other seeds of its condition.
  static func consistency(_ source: FigureSource) -> Figure? {
    lambdaFigure(
      source, "consistency", "Agreement with other seeds",
      "Mean similarity of a network with the other seeds of its condition; of networks of several "
        + "folders, with those of the same folder. ",
      [
        ("RSA, r squared, before ReLU", "rsa-r-squared-pre-relu-to-other-seeds", "r squared"),
        (
          "RSA, r squared, classes", "rsa-r-squared-class-means-pre-relu-to-other-seeds",
          "r squared"
        ),
        ("RSA, r squared, weights", "rsa-r-squared-weights-to-other-seeds", "r squared"),
        ("CKA, debiased", "cka-debiased-pre-relu-to-other-seeds", "CKA"),
        ("matched units", "unit-matching-held-out-correlation-to-other-seeds", "Pearson's r"),
        ("maps of classes", "map-correlation-class-means-aligned-to-other-seeds", "Pearson's r"),
      ])
  }

  private static func lambdaFigure(
    _ source: FigureSource, _ name: String, _ title: String, _ caption: String,
    _ panels: [(title: String, measure: String, unit: String)]
  ) -> Figure? {
    Figure(
      name, title: title, caption: caption + reading,
      columns: panels.count == 4 ? 2 : 3,
      panels.map { panel in
        source.overLambda(panel.title, ComparedMeasure(panel.measure), unit: panel.unit)
      })
  }
}
