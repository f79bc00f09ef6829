import Testing

@testable import TopoVerification

/// Compares a gradient with central differences of the function it claims to be the gradient of.
/// - Parameters:
///   - gradient: gradient of `function` at `point`.
///   - step: distance on either side.
///   - tolerance: largest absolute difference.
func expectGradient(
  _ gradient: [Double], of function: ([Double]) -> Double, at point: [Double],
  step: Double = 1e-5, tolerance: Double = 1e-6,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  #expect(gradient.count == point.count, sourceLocation: sourceLocation)
  var worst = 0.0
  for index in point.indices {
    var (above, below) = (point, point)
    above[index] += step
    below[index] -= step
    let difference = (function(above) - function(below)) / (2 * step)
    worst = max(worst, abs(difference - gradient[index]))
  }
  #expect(worst < tolerance, sourceLocation: sourceLocation)
}

/// Uniform values in [-1, 1] as a dense array.
func testDense(_ label: String, _ shape: [Int]) -> Dense {
  Dense(
    shape, TestData(label, member: 0).uniform(shape.reduce(1, *)).map(Double.init))
}

/// A scalar function of an array: its inner product with fixed coefficients, so that every
/// element's gradient counts.
func project(_ array: Dense, onto coefficients: Dense) -> Double {
  precondition(array.count == coefficients.count)
  return zip(array.values, coefficients.values).reduce(0) { $0 + $1.0 * $1.1 }
}
