import TopoCompute

/// The cost of networks in multiply-accumulates of convolutions and linear layers. The other layers
/// are bound by memory and count nothing. Padding counts, as in the usual tables of networks.
extension Architecture {
  /// Multiply-accumulates of one layer for one image: each of its weights once for each row and
  /// column of its output; 0 for layers without weights.
  public func multiplyAccumulates(ofLayer index: Int) -> Int {
    let weights = parameters.first { $0.layer == index && $0.role == .weight }?.count ?? 0
    return outputShapes[index].dropFirst().reduce(weights, *)
  }

  /// Multiply-accumulates of the forward pass of one image.
  public var multiplyAccumulates: Int { multiplyAccumulates(fromLayer: 0) }

  /// Multiply-accumulates of the forward pass of one image from what a layer reads.
  public func multiplyAccumulates(fromLayer first: Int) -> Int {
    (first..<layers.count).reduce(0) { $0 + multiplyAccumulates(ofLayer: $1) }
  }

  /// Multiply-accumulates of a training step for each image of the batch: every layer forward, and
  /// backward to its weights and to its input, except to the input of the first layer.
  public var trainingMultiplyAccumulates: Int {
    layers.indices.reduce(0) { $0 + (($1 == 0 ? 2 : 3) * multiplyAccumulates(ofLayer: $1)) }
  }
}
