/// Functions of which every machine computes the same bits: IEEE operations in a fixed order,
/// where mathematics libraries differ in the last digits.
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
      PinkFilter.cosine(turns: numerator, over: turn),
      PinkFilter.cosine(turns: numerator - turn / 4, over: turn)
    )
  }
}

/// Which pixel stands for one outside the image, at any distance.
enum Border {
  /// `c b a | a b c d | d c b`: called reflect by SciPy.
  @inline(__always)
  static func reflect(_ index: Int, _ count: Int) -> Int {
    if index >= 0, index < count { return index }
    let period = 2 * count
    var place = index % period
    if place < 0 { place += period }
    return place < count ? place : period - 1 - place
  }

  /// `d c b | a b c d | c b a`: called reflect-101 by OpenCV.
  @inline(__always)
  static func mirror(_ index: Int, _ count: Int) -> Int {
    if index >= 0, index < count { return index }
    if count == 1 { return 0 }
    let period = 2 * count - 2
    var place = index % period
    if place < 0 { place += period }
    return place < count ? place : period - place
  }

  /// `a a a | a b c d | d d d`.
  @inline(__always)
  static func nearest(_ index: Int, _ count: Int) -> Int {
    index < 0 ? 0 : index < count ? index : count - 1
  }
}
