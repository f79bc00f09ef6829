/// Means, spreads and areas, summed in Float64 in the order of the values.
package enum Statistics {
  /// The mean; not a number without values.
  package static func mean(_ values: [Double]) -> Double {
    values.reduce(0, +) / Double(values.count)
  }

  /// The standard deviation of a whole population (`ddof` 0), in two passes.
  package static func standardDeviation(_ values: [Double]) -> Double {
    (squares(values, around: mean(values)) / Double(values.count)).squareRoot()
  }

  /// The same of Float32 values.
  package static func standardDeviation(_ values: [Float]) -> Double {
    standardDeviation(values.map(Double.init))
  }

  /// The standard deviation of a population of which the values are a sample (`ddof` 1); not a
  /// number for fewer than two.
  package static func sampleStandardDeviation(_ values: [Double]) -> Double {
    guard values.count > 1 else { return .nan }
    return (squares(values, around: mean(values)) / Double(values.count - 1)).squareRoot()
  }

  private static func squares(_ values: [Double], around mean: Double) -> Double {
    values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
  }

  /// The area under a curve of points `(x, y)` with ascending `x`, by trapezoids.
  package static func area(under curve: [(Double, Double)]) -> Double {
    zip(curve, curve.dropFirst()).reduce(0) { $0 + ($1.1.0 - $1.0.0) * ($1.0.1 + $1.1.1) / 2 }
  }
}
