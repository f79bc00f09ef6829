import TopoCompute

/// What networks cost, counted in multiply-accumulates of convolutions and linear layers: the rest
/// moves memory rather than computes. Padding counts, as it does in the usual tables of networks.
extension Architecture {
  /// Multiply-accumulates of one layer for one image: each of its weights once for each row and
  /// column of its output; 0 for layers without weights.
  public func multiplyAccumulates(ofLayer index: Int) -> Int {
    let weights = parameters.first { $0.layer == index && $0.role == .weight }?.count ?? 0
    return outputShapes[index].dropFirst().reduce(weights, *)
  }

  /// Multiply-accumulates of an image's way from input to logits.
  public var multiplyAccumulates: Int { multiplyAccumulates(fromLayer: 0) }

  /// Multiply-accumulates of an image's way from what a layer reads to logits.
  public func multiplyAccumulates(fromLayer first: Int) -> Int {
    (first..<layers.count).reduce(0) { $0 + multiplyAccumulates(ofLayer: $1) }
  }

  /// Multiply-accumulates of a training step for each image of the batch: every layer forward, and
  /// backward to its weights and to its input, but for the first layer, whose input is the image.
  public var trainingMultiplyAccumulates: Int {
    layers.indices.reduce(0) { $0 + (($1 == 0 ? 2 : 3) * multiplyAccumulates(ofLayer: $1)) }
  }
}
