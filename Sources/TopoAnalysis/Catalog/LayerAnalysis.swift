import TopoFoundation

/// Analyses of layers that may lack what an analysis needs.
public enum LayerAnalysis {
  /// The result of an analysis. If the layer lacks an array that it needs, or responses are not
  /// finite, all measures are undefined.
  /// - Throws: what the analysis throws.
  public static func result(
    of analysis: any Analysis, _ layer: LayerData
  ) throws -> AnalysisResult {
    try result(of: analysis, LayerStatistics(layer))
  }

  /// The same, with what several analyses share.
  public static func result(
    of analysis: any Analysis, _ statistics: LayerStatistics
  ) throws -> AnalysisResult {
    let kind = type(of: analysis)
    if let reason = obstacle(kind, statistics) {
      var result = AnalysisResult()
      for measure in analysis.results {
        if measure.isPerUnit {
          let units = statistics.layer.activations.units
          result.add(
            units: measure.name, [MeasuredValue](repeating: .undefined(reason), count: units))
        } else {
          result.add(measure.name, .undefined(reason))
        }
      }
      return result
    }
    return try analysis.result(for: statistics)
  }

  static func obstacle(_ kind: any Analysis.Type, _ statistics: LayerStatistics) -> String? {
    let missing = kind.needs.subtracting(statistics.parts).map(\.plural).sorted()
    if !missing.isEmpty { return "the layer has no \(missing.joined(separator: " and no "))" }
    let layer = statistics.layer
    if layer.activations.images == 0 { return "there are no images" }
    if layer.activations.firstNonFinite != nil { return "responses are not finite" }
    return nil
  }
}
