/// Elementary functions by their series, from IEEE additions, multiplications and divisions in a
/// fixed order: the same bits on every machine. The mathematics libraries of systems differ in last
/// digits.
enum Elementary {
  /// The natural logarithm of `x` in [1/e, 1], to about 1e-15: `2 artanh((x - 1) / (x + 1))`.
  static func logarithm(_ x: Double) -> Double {
    let ratio = (x - 1) / (x + 1)
    let square = ratio * ratio
    var sum = 0.0
    for term in reciprocals { sum = sum * square + term }
    return 2 * ratio * sum
  }

  /// `1 / 45, 1 / 43, ..., 1`: what is left out is below 0.2137^23 / 47.
  private static let reciprocals = stride(from: 45.0, through: 1, by: -2).map { 1 / $0 }

  /// Sine and cosine of an angle in radians of magnitude 1 or less, to about 1e-16: Taylor's series.
  static func sineAndCosine(_ angle: Double) -> (sine: Double, cosine: Double) {
    let square = angle * angle
    var (sine, cosine) = (1.0, 1.0)
    for n in stride(from: 20.0, through: 2, by: -2) {
      sine = 1 - square / (n * (n + 1)) * sine
      cosine = 1 - square / ((n - 1) * n) * cosine
    }
    return (angle * sine, cosine)
  }
}
