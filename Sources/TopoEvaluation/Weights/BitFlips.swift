import TopoFoundation

/// Flips bits of weights, each independently with the same probability.
///
/// Bit `b` of value `i`, with `width` bits per value, is flipped if word number `width * i + b` of
/// the stream (four words per block) is below `probability * 2^32`, rounded to an integer.
/// Probabilities are thus multiples of 2.3e-10.
struct BitFlips: Sendable {
  private let source: Philox
  private let threshold: UInt64

  init(probability: Double, source: Philox) {
    self.source = source
    threshold = UInt64((probability * 0x1p32).rounded())
  }

  /// The bits to flip of the value `index`, as a mask of `width` bits; `width` is a multiple of 4.
  private func mask(_ index: Int, width: Int) -> UInt32 {
    var mask: UInt32 = 0
    for block in 0..<width / 4 {
      let words = source.words(at: UInt64(index * (width / 4) + block))
      for lane in 0..<4 where UInt64(words[lane]) < threshold {
        mask |= 1 << UInt32(4 * block + lane)
      }
    }
    return mask
  }

  /// Weights with bits of their float32 flipped. They may become infinite or NaN.
  func flipped(_ weights: [Float]) -> [Float] {
    guard threshold > 0 else { return weights }
    return weights.enumerated().map { index, weight in
      Self.flip(weight, mask(index, width: 32))
    }
  }

  /// A float32 with the bits of a mask flipped; bit 31 is the sign.
  static func flip(_ weight: Float, _ mask: UInt32) -> Float {
    Float(bitPattern: weight.bitPattern ^ mask)
  }

  /// Weights with bits of their 8-bit codes (two's complement) flipped.
  func flippedCodes(_ weights: [Float]) -> [Float] {
    let quantizer = Quantizer(weights, bits: 8)
    return weights.enumerated().map { index, weight in
      let code = UInt8(truncatingIfNeeded: quantizer.code(weight))
      let flips = UInt8(truncatingIfNeeded: mask(index, width: 8))
      return quantizer.weight(Int(Int8(bitPattern: code ^ flips)))
    }
  }
}
