import TopoFoundation

/// What a layer's dissimilarity matrix is made of.
public enum RepresentationView: String, Sendable, Hashable, CaseIterable {
  /// Rows are units, features their incoming weights. Not invariant to the order of units.
  case weights
  /// Rows are chosen images, features responses before ReLU.
  case preReLU = "pre-relu"
  /// Rows are class means of responses before ReLU.
  case classMeansPreReLU = "class-means-pre-relu"
  /// Rows are chosen images, features responses after ReLU.
  case postReLU = "post-relu"
  /// Rows are class means of responses after ReLU.
  case classMeansPostReLU = "class-means-post-relu"

  /// Whether rows are classes.
  public var isOfClasses: Bool { self == .classMeansPreReLU || self == .classMeansPostReLU }

  /// Why a layer has no such rows.
  var missing: String {
    self == .weights ? "the layer has no weights" : "the layer has no labels"
  }

  /// Whether responses are rectified first.
  public var isRectified: Bool { self == .postReLU || self == .classMeansPostReLU }

  /// The rows of features of a layer; nil if it lacks weights or labels that they need.
  ///
  /// Only classes with images are rows of class means, in ascending order.
  /// - Parameter images: indices of the chosen images.
  public func features(of layer: LayerData, images: [Int]) -> FeatureMatrix? {
    switch self {
    case .weights: return layer.weights.map { FeatureMatrix($0) }
    case .preReLU: return FeatureMatrix(layer.activations.selecting(images: images))
    case .postReLU:
      return FeatureMatrix(layer.activations.selecting(images: images).rectified())
    case .classMeansPreReLU, .classMeansPostReLU:
      guard let labels = layer.labels, labels.classes > 0 else { return nil }
      return FeatureMatrix(classMeansOf: layer.activations, labels, isRectified: isRectified)
    }
  }
}
