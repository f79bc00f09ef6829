/// Symmetric uniform quantization of a tensor to `b` bits (Krishnamoorthi, arXiv 1806.08342). With
/// `Q = 2^(b-1) - 1` and the largest magnitude `m`, the code of `w` is `w Q / m` rounded to the
/// nearest integer, to the even one on ties. A code `q` stands for `q m / Q`.
///
/// All arithmetic is in Float64, where `w Q` is exact, and results are rounded once, so that they
/// have the same bits on every machine.
struct Quantizer: Sendable, Hashable {
  /// Possible numbers of bits; 24 is the precision of float32.
  static let bits = 2...24

  /// The largest code of a number of bits.
  static func largestCode(bits: Int) -> Double { Double((1 << (bits - 1)) - 1) }

  /// The largest code.
  let largest: Double
  /// The largest magnitude of the weights.
  let magnitude: Double

  /// A quantizer for finite weights.
  init(_ weights: [Float], bits: Int) {
    precondition(Self.bits.contains(bits))
    largest = Self.largestCode(bits: bits)
    magnitude = WeightArithmetic.largestMagnitude(weights)
  }

  /// The code of a weight, in `-largest...largest`.
  func code(_ weight: Float) -> Int {
    guard magnitude > 0 else { return 0 }
    let code = (Double(weight) * largest / magnitude).rounded(.toNearestOrEven)
    return Int(min(max(code, -largest), largest))
  }

  /// The weight that a code stands for.
  func weight(_ code: Int) -> Float { Float(Double(code) * magnitude / largest) }

  /// Weights that are quantized and converted back.
  static func quantized(_ weights: [Float], bits: Int) -> [Float] {
    let quantizer = Quantizer(weights, bits: bits)
    return weights.map { quantizer.weight(quantizer.code($0)) }
  }
}
