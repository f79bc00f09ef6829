/// Means and variances of the responses of units over images, in Float64 and two passes.
public struct UnitMoments: Sendable, Hashable {
  /// By unit.
  public let means: [Double]
  /// By unit: of a whole population (`ddof` 0).
  public let variances: [Double]
  /// Mean of the squares of all responses of the layer.
  public let meanSquare: Double

  /// The moments of a layer.
  public init(_ activations: Activations) {
    let (images, units) = (activations.images, activations.units)
    var sums = [Double](repeating: 0, count: units)
    var squares = 0.0
    for image in 0..<images {
      for unit in 0..<units {
        let value = Double(activations[image, unit])
        sums[unit] += value
        squares += value * value
      }
    }
    let means = sums.map { $0 / Double(max(images, 1)) }
    var deviations = [Double](repeating: 0, count: units)
    for image in 0..<images {
      for unit in 0..<units {
        let z = Double(activations[image, unit]) - means[unit]
        deviations[unit] += z * z
      }
    }
    self.means = means
    variances = deviations.map { $0 / Double(max(images, 1)) }
    meanSquare = squares / Double(max(images * units, 1))
  }
}
