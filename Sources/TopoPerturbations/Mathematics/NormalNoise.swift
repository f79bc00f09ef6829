import TopoFoundation

/// Standard normal numbers from a `Philox` stream, by position: Box and Muller's transform of
/// each block's four words into four numbers.
///
/// Only IEEE additions, multiplications, divisions and square roots are used, in a fixed order
/// and in Float32, so every machine draws the same bits: no mathematics library is asked, whose
/// last digits differ between versions. The uniform numbers under the transform are multiples of
/// 2^-24, so no number is larger than 5.77 in magnitude (a tail of 8e-9 is missing).
public struct NormalNoise: Sendable, Hashable {
  /// Where the words come from.
  public let source: Philox

  /// The normal numbers of a stream.
  public init(_ source: Philox) { self.source = source }

  /// Fills `values` with the numbers of the blocks from `position` on: value `i` is number
  /// `i % 4` of block `position + i / 4`.
  public func fill(_ values: UnsafeMutableBufferPointer<Float>, from position: UInt64 = 0) {
    guard let start = values.baseAddress else { return }
    let whole = values.count / 8 * 8
    var index = 0
    // Eight numbers at a time: the radii of four pairs, then their angles, so that the compiler
    // can compute pairs side by side.
    while index < values.count {
      let block = position &+ UInt64(truncatingIfNeeded: index / 4)
      let low = source.words(at: block)
      let high = source.words(at: block &+ 1)
      let (even, odd) = NormalNoise.pairs(
        SIMD4(low.x, low.z, high.x, high.z), SIMD4(low.y, low.w, high.y, high.w))
      let eight = SIMD8(
        even.x, odd.x, even.y, odd.y, even.z, odd.z, even.w, odd.w)
      if index < whole {
        UnsafeMutableRawPointer(start + index).storeBytes(of: eight, as: SIMD8<Float>.self)
      } else {
        for lane in 0..<(values.count - index) { start[index + lane] = eight[lane] }
      }
      index += 8
    }
  }

  /// The first `count` numbers from `position` on.
  public func numbers(_ count: Int, from position: UInt64 = 0) -> [Float] {
    [Float](unsafeUninitializedCapacity: count) { values, initialized in
      fill(UnsafeMutableBufferPointer(rebasing: values[..<count]), from: position)
      initialized = count
    }
  }

  /// Four pairs of independent normal numbers: radius `sqrt(-2 ln u)`, angle `2 pi t`, with
  /// `u` in (0, 1] from one word and the turn `t` from the other.
  @inline(__always)
  static func pairs(
    _ radius: SIMD4<UInt32>, _ angle: SIMD4<UInt32>
  ) -> (SIMD4<Float>, SIMD4<Float>) {
    let uniform = SIMD4<Float>(SIMD4<Int32>(truncatingIfNeeded: (radius &>> 8) &+ 1)) * 0x1p-24
    let r = (-2 * naturalLogarithm(uniform)).squareRoot()
    let (cosine, sine) = cosineAndSine(turns: angle)
    return (r * cosine, r * sine)
  }

  /// `ln x` for normal positive `x`, within 2 units in the last place:
  /// `x = m 2^e` with `m` in [sqrt(1/2), sqrt(2))`, and
  /// `ln m = 2 artanh((m - 1) / (m + 1))` by its series.
  @inline(__always)
  static func naturalLogarithm(_ x: SIMD4<Float>) -> SIMD4<Float> {
    let bits = unsafeBitCast(x, to: SIMD4<Int32>.self)
    // Bits of sqrt(1/2): what lies above counts as the next power of two.
    let shifted = bits &- 0x3F35_04F3
    let exponent = SIMD4<Float>(shifted &>> 23)
    let mantissa = unsafeBitCast(
      (shifted & 0x007F_FFFF) &+ 0x3F35_04F3, to: SIMD4<Float>.self)
    let s = (mantissa - 1) / (mantissa + 1)
    let square = s * s
    var series = square * (1 / 11) + (1 / 9)
    series = series * square + (1 / 7)
    series = series * square + (1 / 5)
    series = series * square + (1 / 3)
    return exponent * 0.693_147_18 + (2 * s + 2 * s * square * series)
  }

  /// Cosine and sine of `word / 2^32` turns: the nearest quarter turn by integer arithmetic, the
  /// rest (at most an eighth turn) by the Taylor series.
  @inline(__always)
  static func cosineAndSine(turns word: SIMD4<UInt32>) -> (SIMD4<Float>, SIMD4<Float>) {
    let rounded = word &+ 0x2000_0000
    let quarter = rounded &>> 30
    let rest = SIMD4<Int32>(truncatingIfNeeded: rounded & 0x3FFF_FFFF) &- 0x2000_0000
    // 24 bits are kept, so that the conversion is exact.
    let a = SIMD4<Float>(rest &>> 6) * (0x1p-24 * 1.570_796_3)
    let square = a * a
    var sine = square * (1 / 362_880) - (1 / 5_040)
    sine = sine * square + (1 / 120)
    sine = sine * square - (1 / 6)
    sine = sine * square * a + a
    var cosine = square * (1 / 40_320) - (1 / 720)
    cosine = cosine * square + (1 / 24)
    cosine = cosine * square - 0.5
    cosine = cosine * square + 1
    let odd = (quarter & 1) .!= 0
    let sineSign = (quarter & 2) &<< 30
    let cosineSign = ((quarter &+ 1) & 2) &<< 30
    let c = unsafeBitCast(cosine.replacing(with: sine, where: odd), to: SIMD4<UInt32>.self)
    let s = unsafeBitCast(sine.replacing(with: cosine, where: odd), to: SIMD4<UInt32>.self)
    return (
      unsafeBitCast(c ^ cosineSign, to: SIMD4<Float>.self),
      unsafeBitCast(s ^ sineSign, to: SIMD4<Float>.self)
    )
  }
}
