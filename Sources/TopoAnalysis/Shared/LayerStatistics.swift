import TopoFoundation

/// A layer with what several analyses need of it, each computed once, when it is first needed.
///
/// It is used by one thread; what it computes uses all cores.
public final class LayerStatistics {
  /// The layer.
  public let layer: LayerData

  /// The network of the layer; nil if only arrays are known.
  public let network: (any ImageResponder)?

  /// Statistics of a layer.
  /// - Parameter network: the network, for analyses that show it images.
  public init(_ layer: LayerData, network: (any ImageResponder)? = nil) {
    (self.layer, self.network) = (layer, network)
  }

  /// What there is besides the activations.
  var parts: Set<LayerData.Part> { network == nil ? layer.parts : layer.parts.union([.network]) }

  /// The responses after ReLU.
  public private(set) lazy var rectified = layer.activations.rectified()

  /// Means and variances of units over images.
  public private(set) lazy var moments = UnitMoments(layer.activations)

  /// The same after ReLU.
  public private(set) lazy var rectifiedMoments = UnitMoments(rectified)

  /// Correlations of units over images, of responses as they are in the layer.
  public private(set) lazy var correlations = CorrelationMatrix(layer.activations, moments)

  /// The same after ReLU; it is not kept.
  var rectifiedCorrelations: CorrelationMatrix { CorrelationMatrix(rectified, rectifiedMoments) }

  /// Mean response of each unit to each class, `[class][unit]`; nil for a class without images.
  /// Empty without labels.
  public private(set) lazy var classMeans: [[Double]?] = Self.classMeans(
    layer.activations, layer.labels)

  private static func classMeans(
    _ activations: Activations, _ labels: ClassLabels?
  ) -> [[Double]?] {
    guard let labels else { return [] }
    let rows = FeatureMatrix(classMeansOf: activations, labels)
    var means = [[Double]?](repeating: nil, count: labels.classes)
    for (row, label) in labels.present.enumerated() { means[label] = rows.row(row) }
    return means
  }

  /// Whether a unit's responses are constant: their variance is at most 1e-12 of the mean square of
  /// the layer.
  public private(set) lazy var constantUnits: [Bool] = moments.variances.map {
    $0 <= 1e-12 * moments.meanSquare
  }

  /// Whether a unit is not above 0 for any image.
  public private(set) lazy var silentUnits: [Bool] = {
    let activations = layer.activations
    var isAlive = [Bool](repeating: false, count: activations.units)
    for image in 0..<activations.images {
      for unit in 0..<activations.units where activations[image, unit] > 0 { isAlive[unit] = true }
    }
    return isAlive.map { !$0 }
  }()
}
