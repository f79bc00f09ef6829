/// Results of one tensor of one member beside the expected ones.
struct Comparison {
  /// Largest `|actual - expected|` over the largest `|expected|`.
  private(set) var error = 0.0
  /// `sum (actual - expected)^2 / sum expected^2`.
  private(set) var nmse = 0.0
  /// Position of the largest error, or of the first value that is not a number where one is
  /// expected, or the other way round.
  private(set) var worst = 0

  init(expected: [Double], actual: [Double], scaleFloor: Double) {
    precondition(expected.count == actual.count)
    var (largest, power, squares, worstDifference) = (0.0, 0.0, 0.0, 0.0)
    // Plain loops and comparisons: tests run unoptimized, where anything generic is slow.
    var index = 0
    while index < expected.count {
      defer { index &+= 1 }
      let (wanted, got) = (expected[index], actual[index])
      if wanted.isFinite && got.isFinite {
        let difference = (got - wanted).magnitude
        if wanted.magnitude > largest { largest = wanted.magnitude }
        power += wanted * wanted
        squares += difference * difference
        if difference > worstDifference {
          worstDifference = difference
          worst = index
        }
      } else if !(wanted == got || wanted.isNaN && got.isNaN) {
        (error, nmse, worst) = (.infinity, .infinity, index)
        return
      }
    }
    let scale = max(largest, scaleFloor)
    error = worstDifference == 0 ? 0 : worstDifference / scale
    nmse =
      squares == 0 ? 0 : squares / max(power, scaleFloor * scaleFloor * Double(expected.count))
  }
}
