import TopoFoundation
import TopoSheets

extension PopulationComparison {
  /// Agreement of class-mean maps before ReLU, and its significance against maps of the same
  /// spatial autocorrelation.
  func maps(_ progress: (Double) -> Void) throws -> [PopulationSimilarities] {
    let maps = layers.map { Self.classMaps(of: $0) }
    let nulls = try sharedNulls()
    let pairs = pairs
    let found = try mapPairs(progress) { index in
      let (first, second) = pairs[index]
      guard let a = maps[first], let b = maps[second] else {
        return Found("the layer has no labels")
      }
      guard let layout = layers[first].layout, let other = layers[second].layout else {
        return Found("the layer has no positions")
      }
      guard layout == other else {
        return Found("units are not at the same positions")
      }
      let consistency = MapConsistency(a, b, sheet: layout.sheet)
      guard let null = nulls[layout] else { return Found("no units") }
      // Each pair has draws of its own.
      let source = Philox(
        seed: seed, purpose: .analysis, stream: AnalysisStream.populationMaps
      ).subsequence(at: UInt64(index)).seed
      let plain = null.significance(of: a, and: b, draws: draws, seed: source)
      let aligned = layout.sheet.map {
        null.alignedSignificance(of: a, and: b, sheet: $0, draws: draws, seed: source).probability
      }
      return Found(
        values: [
          consistency.correlation, plain.probability, consistency.aligned,
          aligned ?? .undefined("units are not on a grid"),
        ])
    }
    return [
      "map-correlation-class-means", "map-probability-class-means",
      "map-correlation-class-means-aligned", "map-probability-class-means-aligned",
    ].enumerated().map { index, name in
      similarities(name, found.map { $0.values[index] })
    }
  }

  /// The null of each layout, which networks share.
  private func sharedNulls() throws -> [UnitLayout: MoranRandomization] {
    var nulls: [UnitLayout: MoranRandomization] = [:]
    for layer in layers {
      if let layout = layer.layout, layout.units > 0, nulls[layout] == nil {
        nulls[layout] = try MoranRandomization(distancesOf: layout)
      }
    }
    return nulls
  }

  /// The maps of the classes with images, which all layers share.
  private static func classMaps(of layer: LayerData) -> [[Double]?]? {
    guard let labels = layer.labels else { return nil }
    let means = FeatureMatrix(classMeansOf: layer.activations, labels)
    return (0..<means.rows).map(means.row)
  }

  private struct Found: Sendable {
    var values: [MeasuredValue]

    init(values: [MeasuredValue]) { self.values = values }

    init(_ reason: String) { values = [MeasuredValue](repeating: .undefined(reason), count: 4) }
  }
}
