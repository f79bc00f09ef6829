/// Which value of a window max pooling keeps, for windows walked in row-major order from minus
/// infinity and the position of their first value: the first on ties, the first NaN before numbers.
enum PoolingRule {
  /// Whether a value takes the place of the largest so far.
  @inline(__always)
  static func wins(_ value: Float, over largest: Float) -> Bool {
    value > largest || value.isNaN && !largest.isNaN
  }

  /// The same for eight windows at a time.
  @inline(__always)
  static func wins(_ value: Vector, over largest: Vector) -> SIMDMask<SIMD8<Int32>> {
    (value .> largest) .| ((value .!= value) .& (largest .== largest))
  }
}
