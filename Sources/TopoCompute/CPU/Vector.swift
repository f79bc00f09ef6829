/// Eight floats, as the CPU device's loops take them: two registers of the baseline instruction
/// set, one of AVX.
typealias Vector = SIMD8<Float>

extension UnsafeMutablePointer where Pointee == Float {
  /// The eight floats from `index`.
  @inline(__always)
  func vector(at index: Int) -> Vector {
    UnsafeRawPointer(self + index).loadUnaligned(as: Vector.self)
  }

  /// Stores eight floats from `index`.
  @inline(__always)
  func store(_ value: Vector, at index: Int) {
    UnsafeMutableRawPointer(self + index).storeBytes(of: value, as: Vector.self)
  }
}

/// `target += values`
func addAll(
  _ target: UnsafeMutablePointer<Float>, _ values: UnsafeMutablePointer<Float>, _ count: Int
) {
  var index = 0
  while index + 8 <= count {
    target.store(target.vector(at: index) + values.vector(at: index), at: index)
    index += 8
  }
  while index < count {
    target[index] += values[index]
    index += 1
  }
}
