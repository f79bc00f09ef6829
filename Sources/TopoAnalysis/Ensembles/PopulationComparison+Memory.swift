extension PopulationComparison {
  /// The size of a layer.
  public struct Size: Sendable, Hashable {
    /// Number of units.
    public var units: Int
    /// Number of inputs of each unit; 0 without weights.
    public var inputs: Int

    /// A layer's size.
    public init(units: Int, inputs: Int) { (self.units, self.inputs) = (units, inputs) }
  }

  /// The bytes of host memory that a comparison takes at its peak, roughly: the responses of all
  /// layers, and what all layers have at a time in the costliest view.
  /// - Parameters:
  ///   - layers: by network.
  ///   - images: number of images.
  public static func memoryUse(_ layers: [Size], images: Int) -> Int {
    let chosen = Double(min(images, ImageChoice.most))
    let bytes = layers.reduce(0.0) { sum, layer in
      let (units, inputs) = (Double(layer.units), Double(layer.inputs))
      let responses = 4 * Double(images) * units
      // Dissimilarities, standardized and in ranks: the triangles of square matrices.
      let ofImages = 3 * 8 * chosen * chosen / 2
      let ofUnits = 3 * 8 * units * units / 2 + 8 * units * inputs
      // Features and their transposes, for alignment.
      let features = 2 * 8 * chosen * units
      return sum + responses + max(ofImages, ofUnits, features)
    }
    return Int(min(bytes, Double(Int.max / 2)))
  }
}
