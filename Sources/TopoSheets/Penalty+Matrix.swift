import TopoCompute

extension Penalty {
  /// How the device reads the penalized tensor as a matrix with one row per unit of `sheet`; nil
  /// for control.
  /// - Parameters:
  ///   - features: for WS the inputs of the topographic layer, whose weights are
  ///     `[units, features]`; for AS the images of a batch, whose activations are
  ///     `[features, units]`.
  public func matrix(for sheet: Sheet, features: Int) -> PenaltyMatrix? {
    precondition(features > 0, "a penalty needs at least one feature")
    let units = sheet.units
    switch (kind, layout) {
    case (.control, _):
      return nil
    case (.weightSimilarity, _), (.activationSimilarity, .legacyUntransposed):
      return PenaltyMatrix(
        units: units, features: features, unitStride: features, featureStride: 1)
    case (.activationSimilarity, .unitMajor):
      return PenaltyMatrix(units: units, features: features, unitStride: 1, featureStride: units)
    }
  }

  /// The factor of the penalty and its gradient besides lambda: `1 / sqrt(batch)` for the scale
  /// `rms`, otherwise 1.
  public func factor(batch: Int) -> Float {
    precondition(batch > 0, "a batch has at least one image")
    return scale == .rms ? 1 / Float(batch).squareRoot() : 1
  }
}
