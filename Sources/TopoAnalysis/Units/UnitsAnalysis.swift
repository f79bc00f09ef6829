import TopoFoundation

/// What each unit responds to and how much: experts of classes, variance, sparseness, entropies,
/// and the norms of weights.
///
/// ```swift
/// let result = try UnitsAnalysis().result(for: LayerStatistics(layer))
/// result["expert-units-0.9"]          // number of experts
/// result[units: "expert-class"]       // the class of each
/// ```
public struct UnitsAnalysis: Analysis {
  public static let name = "units"
  public static let summary =
    "experts of classes, variance, sparseness and entropies of units, norms of weights"
  public static let needs: Set<LayerData.Part> = []

  /// Permutations of positions against which the clustering of experts is measured.
  public var permutations = 1000
  /// Seed of the permutations.
  public var seed: UInt64 = 0

  public init() {}

  public func cost(images: Int, units: Int) -> Double {
    200 * Double(images) * Double(units) + 10 * Double(permutations) * Double(units * units)
  }

  public func result(for layer: LayerStatistics) throws -> AnalysisResult {
    var result = AnalysisResult()
    Self.addDiagnostics(of: layer, to: &result)
    addTransmission(of: layer.layer, to: &result)
    addVariances(of: layer, to: &result)
    addImages(of: layer, to: &result)
    addColumns(of: layer, to: &result)
    return result
  }

  /// Adds the shares of silent and constant units, and the measures of weights.
  static func addDiagnostics(of layer: LayerStatistics, to result: inout AnalysisResult) {
    let units = Double(layer.layer.activations.units)
    for (name, flags) in [("silent", layer.silentUnits), ("constant", layer.constantUnits)] {
      let count = Double(flags.count { $0 })
      result.add("\(name)-unit-count", .value(count))
      result.add("\(name)-fraction", .value(count / units))
    }
    guard let weights = layer.layer.weights else {
      let none = MeasuredValue.undefined("the layer has no weights")
      weightNorm.add(Array(repeating: none, count: Int(units)), to: &result)
      for name in neighborNames { result.add(name, none) }
      return
    }
    let diagnostics = WeightDiagnostics(weights, layout: layer.layer.layout)
    weightNorm.add(diagnostics.norms.map { MeasuredValue($0) }, to: &result)
    let values = [
      diagnostics.neighborDistance, diagnostics.relativeNeighborDistance,
      diagnostics.neighborCosine, .value(Double(diagnostics.pairsWithoutCosine)),
      diagnostics.neighborCorrelation, .value(Double(diagnostics.pairsWithoutCorrelation)),
    ]
    for (name, value) in zip(neighborNames, values) { result.add(name, value) }
  }

  private func addTransmission(of layer: LayerData, to result: inout AnalysisResult) {
    guard let weights = layer.weights, let magnitudes = layer.inputMagnitudes else {
      let none = MeasuredValue.undefined(Self.noInputs)
      Self.transmission.add(Array(repeating: none, count: layer.activations.units), to: &result)
      return
    }
    let transmission = Transmission(weights, inputMagnitudes: magnitudes)
    Self.transmission.add(transmission.values.map { MeasuredValue($0) }, to: &result)
  }

  private func addVariances(of layer: LayerStatistics, to result: inout AnalysisResult) {
    let before = ActivationVariance(
      layer.layer.activations, layer.moments, labels: layer.layer.labels)
    let after = ActivationVariance(layer.rectified, layer.rectifiedMoments)
    Self.variance.add(before.variances.map { MeasuredValue($0) }, to: &result)
    Self.rectifiedVariance.add(after.variances.map { MeasuredValue($0) }, to: &result)
    Self.relativeVariance.add(before.relative, to: &result)
    Self.squaredVariation.add(after.squaredVariation, to: &result)
    Self.etaSquared.add(before.etaSquared, to: &result)
  }

  /// Measures of each image over units.
  private func addImages(of layer: LayerStatistics, to result: inout AnalysisResult) {
    let images = ImageActivity.all(layer.rectified)
    Self.activeUnits.add(images.map { .value($0.activeShare) }, to: &result)
    Self.populationSparseness.add(images.map(\.sparseness.vinjeGallant), to: &result)
    Self.populationTrevesRolls.add(images.map(\.sparseness.trevesRolls), to: &result)
    Self.populationEntropy.add(images.map(\.entropy), to: &result)
  }

  /// Measures of each unit over images.
  private func addColumns(of layer: LayerStatistics, to result: inout AnalysisResult) {
    let activations = layer.layer.activations
    // Without classes that have no images; `numbers` are those of the others.
    let labels = layer.layer.labels?.compact
    let numbers = layer.layer.labels?.present ?? []
    let units = UnitActivity.all(activations, labels: labels)
    Self.activeImages.add(units.map { .value($0.activeShare) }, to: &result)
    Self.energy.add(units.map { .value($0.energy) }, to: &result)
    Self.lifetimeSparseness.add(units.map(\.sparseness.vinjeGallant), to: &result)
    Self.lifetimeTrevesRolls.add(units.map(\.sparseness.trevesRolls), to: &result)
    Self.unitEntropy.add(units.map { .value($0.entropy) }, to: &result)
    Self.normalizedEntropy.add(units.map { .value($0.normalizedEntropy) }, to: &result)
    Self.rectifiedEntropy.add(units.map { .value($0.rectifiedEntropy) }, to: &result)
    Self.commonRangeEntropy.add(units.map { .value($0.commonRangeEntropy) }, to: &result)
    let none = MeasuredValue.undefined("the layer has no labels")
    Self.topClassEntropy.add(
      units.map { $0.topClassEntropy.map { .value($0) } ?? none }, to: &result)
    guard let labels else {
      addWithoutLabels(none, units: activations.units, to: &result)
      return
    }
    result.add(
      units: "preferred-class-by-mean",
      Self.preferred(layer.classMeans, numbers, activations.units))
    addExperts(units.compactMap(\.separation), labels, numbers, layer.layer.layout, to: &result)
    let negative = ExpertUnits(
      averagePrecisions: Self.byClass(units.compactMap(\.negativeSeparation), labels))
    for threshold in ExpertUnits.thresholds {
      result.add("negative-expert-units-\(threshold)", .value(Double(negative.count(threshold))))
    }
  }

  /// By unit: the class of the largest mean response, the first of equal ones.
  private static func preferred(
    _ classMeans: [[Double]?], _ numbers: [Int], _ units: Int
  ) -> [MeasuredValue] {
    (0..<units).map { unit in
      var best: (label: Int, mean: Double)?
      for label in numbers {
        guard let mean = classMeans[label]?[unit] else { continue }
        if mean > best?.mean ?? -.infinity { best = (label, mean) }
      }
      return best.map { .value(Double($0.label)) } ?? .undefined("no class has images")
    }
  }

  /// Average precisions of units, `[class][unit]`; nil for a class without images.
  static func byClass(_ units: [ClassSeparation], _ labels: ClassLabels) -> [[Double]?] {
    (0..<labels.classes).map { label in
      labels.counts[label] > 0 ? units.map { $0.averagePrecisions[label] ?? 0 } : nil
    }
  }
}
