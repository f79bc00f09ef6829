import TopoFoundation

/// How responses are organized on the sheet: spatial autocorrelation of maps, correlations of units
/// and their distances, smoothness, functional localization.
public struct OrganizationAnalysis: Analysis {
  public static let name = "organization"
  public static let summary =
    "Moran's I, Geary's C, correlations of units by distance, smoothness, functional localization"
  public static let needs: Set<LayerData.Part> = []

  /// Permutations of places for the nulls of functional localization.
  public var permutations = 1000
  /// Shuffles of each map for the null of smoothness.
  public var shuffles = 100
  /// Chooses permutations and shuffles.
  public var seed: UInt64 = 0
  /// The most units for which the correlation matrix is a table; 0 for no table.
  public var matrixUnits = 0

  /// With 1,000 permutations and 100 shuffles.
  public init() {}

  /// With the correlation matrix of layers of up to 512 units.
  public func withLargeTables() -> Self {
    var analysis = self
    analysis.matrixUnits = 512
    return analysis
  }

  public func cost(images: Int, units: Int) -> Double {
    let (images, units) = (Double(images), Double(units))
    let correlations = images * units * units
    let maps = images * units * 60
    let coactivation = images * units * units / 100 + Double(permutations) * units * units
    return correlations + maps + coactivation + 20 * Double(shuffles) * units * units
  }

  public func result(for layer: LayerStatistics) throws -> AnalysisResult {
    var result = AnalysisResult()
    addMaps(of: layer, to: &result)
    addDistributions(of: layer, to: &result)
    guard let layout = layer.layer.layout else {
      for measure in Self.distanceMeasures + [Self.wrapsMeasure] {
        result.add(measure.name, .undefined("the layer has no positions"))
      }
      return result
    }
    let distances = UnitDistances(layout)
    addDecay(CorrelatedPairs(layer.correlations, distances), to: &result)
    addSmoothness(of: layer, distances, to: &result)
    addLocalization(of: layer, distances, to: &result)
    result.add(Self.wrapsMeasure.name, .value(layout.wraps ? 1 : 0))
    return result
  }

  // MARK: Maps

  private func addMaps(of layer: LayerStatistics, to result: inout AnalysisResult) {
    let classMeans = layer.classMeans.compactMap { $0 }
    let neighbors = layer.layer.layout?.neighbors
    for view in MapView.allCases {
      var reason = "the layer has no positions"
      var measured: MapAutocorrelation?
      if let neighbors {
        switch view {
        case .responses:
          measured = MapAutocorrelation(of: layer.layer.activations.values, neighbors: neighbors)
        case .rectified:
          measured = MapAutocorrelation(of: layer.rectified.values, neighbors: neighbors)
        case .classMeans where layer.layer.labels == nil: reason = "the layer has no labels"
        case .classMeans: measured = MapAutocorrelation(of: classMeans, neighbors: neighbors)
        case .weights:
          if let weights = layer.layer.weights {
            measured = MapAutocorrelation(of: Self.maps(of: weights), neighbors: neighbors)
          } else {
            reason = "the layer has no weights"
          }
        }
      }
      result.add(view.moransI, measured?.moransI ?? .undefined(reason))
      result.add(view.rowStandardized, measured?.rowStandardized ?? .undefined(reason))
      result.add(view.gearysC, measured?.gearysC ?? .undefined(reason))
      result.add(
        view.undefined, measured.map { .value(Double($0.undefined)) } ?? .undefined(reason))
    }
  }

  /// The weights of each input to all units, one map after the other.
  private static func maps(of weights: LayerData.Weights) -> [Float] {
    let units = weights.units
    var maps = [Float](repeating: 0, count: weights.values.count)
    for unit in 0..<units {
      for input in 0..<weights.inputs {
        maps[input * units + unit] = weights.values[unit * weights.inputs + input]
      }
    }
    return maps
  }

  // MARK: Correlations

  private func addDistributions(of layer: LayerStatistics, to result: inout AnalysisResult) {
    var histograms: [[Int]?] = []
    for view in CorrelationView.allCases {
      guard let matrix = matrix(view, layer) else {
        for measure in view.measures {
          result.add(measure.name, .undefined("the layer has no labels"))
        }
        histograms.append(nil)
        continue
      }
      let found = CorrelationDistribution(matrix, layout: layer.layer.layout)
      let values = [
        found.mean, found.standardDeviation, found.neighbors, found.strong, found.positive,
        found.negative, found.bimodality, found.dip, .value(Double(found.undefinedUnits)),
      ]
      for (measure, value) in zip(view.measures, values) { result.add(measure.name, value) }
      histograms.append(found.histogram)
    }
    let rows = (0..<CorrelationDistribution.bins).map { bin -> [Double?] in
      let edges: [Double?] = [Double(bin) / 20 - 1, Double(bin + 1) / 20 - 1]
      return edges + histograms.map { $0.map { Double($0[bin]) } }
    }
    result.tables.append(
      .init(
        "correlation-histogram",
        columns: ["from", "to"] + CorrelationView.allCases.map(\.rawValue), rows: rows))
    let matrix = layer.correlations
    if matrix.units <= matrixUnits {
      result.tables.append(
        .init(
          "correlation-matrix", columns: (0..<matrix.units).map { "unit-\($0)" },
          rows: (0..<matrix.units).map { row in (0..<matrix.units).map { matrix[row, $0] } }))
    }
  }

  private func matrix(_ view: CorrelationView, _ layer: LayerStatistics) -> CorrelationMatrix? {
    switch view {
    case .responses: return layer.correlations
    case .rectified: return layer.rectifiedCorrelations
    case .classMeans:
      guard layer.layer.labels != nil else { return nil }
      return CorrelationMatrix(
        FeatureMatrix(
          layer.classMeans.compactMap { $0 }.flatMap { $0 },
          columns: layer.layer.activations.units))
    }
  }

  // MARK: Distance

  private func addDecay(_ pairs: CorrelatedPairs, to result: inout AnalysisResult) {
    let fit = ExponentialDecay(
      distances: pairs.distances, values: pairs.correlations, step: pairs.step)
    result.add("correlation-length", fit.length)
    result.add("correlation-decay-amplitude", fit.amplitude)
    result.add("correlation-decay-offset", fit.offset)
    result.add("correlation-decay-r-squared", fit.rSquared)
    result.add("correlation-distance-spearman", pairs.spearman)
    result.add("correlation-distance-alignment", pairs.alignment)
    for threshold in Self.thresholds {
      result.add(
        "distance-of-correlated-\(threshold)", pairs.meanDistance(above: threshold))
    }
    result.tables.append(
      .init(
        "correlation-by-distance", columns: ["distance", "pairs", "mean", "sd"],
        rows: pairs.bins.map { [$0.distance, Double($0.pairs), $0.mean, $0.standardDeviation] }))
  }

  private func addSmoothness(
    of layer: LayerStatistics, _ distances: UnitDistances, to result: inout AnalysisResult
  ) {
    let measures = Self.smoothnessMeasures.map(\.name)
    guard layer.layer.labels != nil else {
      for measure in measures { result.add(measure, .undefined("the layer has no labels")) }
      return
    }
    let smoothness = Smoothness(DistanceBins(distances))
    let permutations = Permutations(
      count: shuffles, seed: seed, stream: OrganizationStream.smoothness)
    let maps = layer.classMeans.compactMap { $0 }
    let values = maps.map { smoothness.value(of: $0) }
    let nulls = maps.map { smoothness.null(of: $0, shuffles: permutations) }
    func mean(_ value: (PermutationNull) -> MeasuredValue) -> MeasuredValue {
      let all = zip(values, nulls).map { own, null in
        null.map(value) ?? .undefined(own.reason ?? "no permutation has a value")
      }
      return DefinedMean(all, orUndefined: "no class has images").mean
    }
    let own = DefinedMean(values, orUndefined: "no class has images")
    let found = [
      own.mean, mean(\.mean), mean(\.excess), mean(\.z), .value(Double(own.undefined)),
    ]
    for (measure, value) in zip(measures, found) { result.add(measure, value) }
  }

  private func addLocalization(
    of layer: LayerStatistics, _ distances: UnitDistances, to result: inout AnalysisResult
  ) {
    let nearest = FunctionalDistance(
      layer.correlations, distances, deepest: Self.nearest.max() ?? 1)
    let nulls = nearest.nulls(
      Self.nearest,
      permutations: .init(
        count: permutations, seed: seed, stream: OrganizationStream.functionalDistance))
    for (k, null) in zip(Self.nearest, nulls) {
      add("functional-distance-\(k)", nearest.value(k), null, to: &result)
    }
    let coactivation = CoactivationDistance(layer.rectified, distances)
    let null = coactivation.null(
      .init(count: permutations, seed: seed, stream: OrganizationStream.coactivationDistance))
    add("coactivation-distance", coactivation.value, null, to: &result)
    result.add("coactivation-distance-undefined", .value(Double(coactivation.undefined)))
  }

  private func add(
    _ measure: String, _ value: MeasuredValue, _ null: PermutationNull?,
    to result: inout AnalysisResult
  ) {
    let reason = MeasuredValue.undefined(value.reason ?? "no permutation has a value")
    result.add(measure, value)
    result.add("\(measure)-null-mean", null?.mean ?? reason)
    result.add("\(measure)-ratio", null?.ratio ?? reason)
    result.add("\(measure)-z", null?.z ?? reason)
    result.add("\(measure)-p", null.map { .value($0.p) } ?? reason)
  }
}
