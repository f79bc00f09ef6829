/// Functions with the same bits on every machine: IEEE operations in a fixed order,
/// unlike mathematics libraries, which differ in the last digits.
enum PortableMath {
  /// `e^x` for `x` from -700 to 0, within 2 units in the last place: `x = n ln 2 + r`, and the
  /// Taylor series of `e^r`. Smaller `x` give 0.
  static func exponential(_ x: Double) -> Double {
    guard x > -700 else { return 0 }
    let n = (x * 1.442_695_040_888_963_4).rounded()
    // ln 2 in two parts, of which the first has few digits, so that n times it is exact.
    let r = (x - n * 0x1.62e4_2feep-1) - n * 0x1.a39e_f357_93c7_6p-33
    var sum = 1.0
    for k in stride(from: 16.0, to: 0, by: -1) { sum = 1 + r / k * sum }
    return Double(sign: .plus, exponent: Int(n), significand: sum)
  }

  /// Cosine and sine of `numerator / 2^34` turns.
  static func cosineAndSine(turnsOver34 numerator: Int) -> (cosine: Double, sine: Double) {
    let turn = 1 << 34
    return (
      cosine(turns: numerator, over: turn),
      cosine(turns: numerator - turn / 4, over: turn)
    )
  }

  /// `cos(2 pi numerator / denominator)` by exact reduction to an eighth turn and a Taylor
  /// series, so that every machine computes the same bits.
  static func cosine(turns numerator: Int, over denominator: Int) -> Double {
    var turn = numerator % denominator
    if turn < 0 { turn += denominator }
    if 2 * turn > denominator { turn = denominator - turn }
    let negative = 4 * turn > denominator
    if negative {
      // cos(pi - a) = -cos(a); in halves, to stay in integers for odd denominators.
      return -firstQuarter(denominator - 2 * turn, over: 2 * denominator)
    }
    return firstQuarter(2 * turn, over: 2 * denominator)
  }

  /// The cosine of at most a quarter turn.
  private static func firstQuarter(_ numerator: Int, over denominator: Int) -> Double {
    func series(_ angle: Double, from first: Int) -> Double {
      var (term, sum) = (first == 0 ? 1.0 : angle, 0.0)
      for step in 0..<10 {
        sum += term
        let index = Double(first + 2 * step)
        term *= -angle * angle / ((index + 1) * (index + 2))
      }
      return sum
    }
    if 8 * numerator <= denominator {
      return series(2 * Double.pi * Double(numerator) / Double(denominator), from: 0)
    }
    let rest = denominator - 4 * numerator
    return series(2 * Double.pi * Double(rest) / Double(4 * denominator), from: 1)
  }
}
