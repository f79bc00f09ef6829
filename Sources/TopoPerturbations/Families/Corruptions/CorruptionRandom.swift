import TopoFoundation

/// The random numbers of one image: up to 16 fields of 2^28 blocks of four words.
struct CorruptionRandom {
  /// The draw's stream.
  let source: Philox
  /// Index of the image in its set.
  let image: UInt64

  /// The four words of block `index` of a field.
  @inline(__always)
  func words(_ index: Int, field: UInt64 = 0) -> SIMD4<UInt32> {
    source.words(at: position(field) &+ UInt64(truncatingIfNeeded: index))
  }

  /// Fills `values` with standard normal numbers, four to a block.
  func normals(_ values: Scratch<Float>, field: UInt64 = 0) {
    NormalNoise(source).fill(
      UnsafeMutableBufferPointer(start: values.start, count: values.count), from: position(field))
  }

  /// Fills `words`, four to a block, with those of the blocks of a field from `first` on.
  func fill(_ words: Scratch<UInt32>, from first: Int = 0, field: UInt64 = 0) {
    source.fill(
      UnsafeMutableBufferPointer(start: words.start, count: words.count),
      from: position(field) &+ UInt64(truncatingIfNeeded: first))
  }

  /// A uniform number in [-1, 1), a multiple of 2^-31.
  @inline(__always)
  static func signed(_ word: UInt32) -> Double {
    (Double(word) - 0x1p31) * 0x1p-31
  }

  private func position(_ field: UInt64) -> UInt64 { image << 32 | field << 28 }
}
