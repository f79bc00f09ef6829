/// Which maps on the sheet spatial autocorrelation is measured of.
enum MapView: String, CaseIterable {
  case responses = "pre-relu"
  case rectified = "post-relu"
  case classMeans = "class-means"
  case weights

  /// What the names of measures end in.
  var suffix: String { "-\(rawValue)" }

  var moransI: String { "morans-i\(suffix)" }
  var rowStandardized: String { "morans-i\(suffix)-row-standardized" }
  var gearysC: String { "gearys-c\(suffix)" }
  var undefined: String { "morans-i\(suffix)-undefined" }

  var maps: String {
    switch self {
    case .responses: "response maps, one per image"
    case .rectified: "response maps after ReLU, one per image"
    case .classMeans: "maps of mean responses, one per class"
    case .weights: "weight maps, one per input"
    }
  }

  var measures: [MeasureDescription] {
    let undefined = "no map has both different values and units with neighbors"
    return [
      .init(
        moransI,
        "mean over \(maps) of (N / S0) sum_u z_u sum_v z_v / sum_u z_u^2, v the neighbors of u",
        range: "about [-1, 1]", undefined: undefined, source: "Moran 1950"),
      .init(
        rowStandardized, "the same, each v weighs 1 / (number of neighbors of u)",
        range: "about [-1, 1]", undefined: undefined, source: "PySAL esda.Moran"),
      .init(
        gearysC,
        "mean over \(maps) of (N - 1) sum_(u, v) (m_u - m_v)^2 / (2 S0 sum_u z_u^2)",
        range: "[0, inf)", undefined: undefined, source: "Geary 1954"),
      .init(
        self.undefined, "number of \(maps), without a value", unit: "maps", range: "[0, inf)",
        undefined: "the layer has no such maps"),
    ]
  }
}

/// Which values of units are correlated.
enum CorrelationView: String, CaseIterable {
  case responses = "pre-relu"
  case rectified = "post-relu"
  case classMeans = "class-means"

  private var suffix: String { "-\(rawValue)" }

  private var values: String {
    switch self {
    case .responses: "responses to images"
    case .rectified: "responses after ReLU to images"
    case .classMeans: "mean responses to classes"
    }
  }

  /// In the order of results.
  var measures: [MeasureDescription] {
    let undefined = "fewer than two units vary"
    func measure(
      _ name: String, _ formula: String, unit: String = "1", range: String,
      undefined: String? = undefined, source: String = "ours"
    ) -> MeasureDescription {
      .init(
        "correlation-\(name)\(suffix)", formula, unit: unit, range: range, undefined: undefined,
        source: source)
    }
    let pairs = "Pearson's r of \(values) of all pairs of units"
    return [
      measure("mean", "mean of \(pairs)", range: "[-1, 1]"),
      measure("sd", "standard deviation of \(pairs)", range: "[0, 1]"),
      measure(
        "neighbors", "mean of Pearson's r of \(values) of pairs of neighbors", range: "[-1, 1]",
        undefined: "no two neighbors vary"),
      measure("abs-above-0.9", "fraction of |r| > 0.9, r = \(pairs)", range: "[0, 1]"),
      measure("above-0.5", "fraction of r > 0.5, r = \(pairs)", range: "[0, 1]"),
      measure("below-minus-0.5", "fraction of r < -0.5, r = \(pairs)", range: "[0, 1]"),
      measure(
        "bimodality",
        "(G1^2 + 1) / (G2 + 3 (n - 1)^2 / ((n - 2) (n - 3))) of \(pairs)", range: "(0, 1]",
        undefined: "there are fewer than four pairs, or all are equal",
        source: "Pfister et al. 2013"),
      measure(
        "dip", "min over unimodal G of sup |F - G|, F the distribution of \(pairs)",
        range: "[1 / (2 n), 1 / 4]", source: "Hartigan and Hartigan 1985"),
      measure(
        "undefined", "number of units without correlations: their \(values) are constant",
        unit: "units", range: "[0, N]", undefined: nil),
    ]
  }
}
