/// Responses of units with mean 0 and length 1, so that products of two units are correlations.
struct StandardizedResponses: Sendable {
  /// Number of images.
  let images: Int
  /// Whether a unit has correlations: its variance is more than 1e-12 of the layer's mean square.
  let isDefined: [Bool]
  /// Dense `[unit, image]`, in Float64; zeros for units without correlations.
  let values: [Double]

  init(_ activations: Activations) { self.init(activations, UnitMoments(activations)) }

  /// The same with moments that are known.
  init(_ activations: Activations, _ moments: UnitMoments) {
    let isDefined = moments.variances.map { $0 > 1e-12 * moments.meanSquare }
    let (images, units) = (activations.images, activations.units)
    var rows = [Double](repeating: 0, count: units * images)
    for unit in 0..<units where isDefined[unit] {
      let scale = 1 / (moments.variances[unit] * Double(images)).squareRoot()
      for image in 0..<images {
        rows[unit * images + image] =
          (Double(activations[image, unit]) - moments.means[unit]) * scale
      }
    }
    (self.images, self.isDefined, values) = (images, isDefined, rows)
  }

  /// The correlation of two units, with the same bits as in a `CorrelationMatrix`; nil if one of
  /// them has constant responses.
  func correlation(_ first: Int, _ second: Int) -> Double? {
    guard isDefined[first], isDefined[second] else { return nil }
    let product = RowProducts.product(values, rows: (first, second), columns: images)
    return min(max(product, -1), 1)
  }
}
