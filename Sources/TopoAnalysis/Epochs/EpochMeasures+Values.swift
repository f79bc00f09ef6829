import TopoFoundation
import TopoSheets

/// A sheet after an epoch, with the losses of the epoch.
public struct EpochSheet: Sendable {
  /// Responses before ReLU, labels of the images, weights and layout.
  public var layer: LayerData
  /// Mean over the steps of the epoch of lambda times the penalty.
  public var weightedPenalty: Double
  /// Mean cross-entropy of the epoch.
  public var crossEntropy: Double

  /// A sheet with the losses of the epoch.
  public init(_ layer: LayerData, weightedPenalty: Double, crossEntropy: Double) {
    (self.layer, self.weightedPenalty) = (layer, weightedPenalty)
    self.crossEntropy = crossEntropy
  }
}

extension EpochMeasures {
  /// Values of all measures of some sheets, in the order of `names`. Those of a sheet do not depend
  /// on the others. Only the analyses that own further measures are computed.
  /// - Throws: what analyses throw.
  public func values(of sheets: [EpochSheet]) throws -> [[MeasuredValue]] {
    // These use one core for a sheet; analyses use all for each.
    let always = parallelMap(sheets.count) { Self.diagnostics(of: sheets[$0]) }
    guard !further.isEmpty else { return always }
    let owners = Self.kinds.filter { kind in kind.measures.contains { further.contains($0.name) } }
    return try zip(sheets, always).map { sheet, values in
      let statistics = LayerStatistics(sheet.layer)
      var result = AnalysisResult()
      for kind in owners {
        result.append(try LayerAnalysis.result(of: kind.init(), statistics))
      }
      return values + Self.picked(further, from: result)
    }
  }

  /// The values of `always`.
  private static func diagnostics(of sheet: EpochSheet) -> [MeasuredValue] {
    let layer = LayerStatistics(sheet.layer)
    var result = AnalysisResult()
    addOrganization(of: layer, to: &result)
    UnitsAnalysis.addDiagnostics(of: layer, to: &result)
    result.add(
      penaltyShare.name,
      MeasuredValue(
        sheet.weightedPenalty / sheet.crossEntropy, orUndefined: "the cross-entropy is 0"))
    return picked(always.map(\.name), from: result)
  }

  private static func picked(_ names: [String], from result: AnalysisResult) -> [MeasuredValue] {
    names.map { result[$0] ?? .undefined("it was not computed") }
  }

  /// The pieces of `OrganizationAnalysis` that are always recorded.
  private static func addOrganization(
    of layer: LayerStatistics, to result: inout AnalysisResult
  ) {
    let activations = layer.layer.activations
    let names = [MapView.responses.moransI, MapView.responses.undefined, neighborCorrelation]
    if let reason = LayerAnalysis.obstacle(OrganizationAnalysis.self, layer) {
      // The first value of a name counts.
      for name in names + ["silent-fraction"] { result.add(name, .undefined(reason)) }
      return
    }
    let layout = layer.layer.layout
    let order = layout.map {
      MoransI(neighbors: $0.neighbors).average(of: activations.values)
    }
    let none = MeasuredValue.undefined("the layer has no positions")
    let responses = StandardizedResponses(activations)
    let values = [
      order?.mean ?? none, order.map { .value(Double($0.undefined)) } ?? none,
      CorrelationDistribution.neighborMean(layout, responses.correlation),
    ]
    for (name, value) in zip(names, values) { result.add(name, value) }
  }
}
