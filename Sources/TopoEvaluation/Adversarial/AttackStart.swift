import Foundation
import TopoCompute
import TopoFoundation
import TopoPerturbations

/// Where an attack begins: a place within epsilon of the image, uniform in the box (Linf) or in the
/// ball (L2), before clipping to [0, 1].
///
/// It is a function of the seed, the attack's kind, epsilon and the image's number alone: every
/// network begins at the same place, whatever the batch, the population and the device.
public struct AttackStart: Sendable, Hashable {
  private let norm: AttackNorm
  private let epsilon: Double
  private let source: Philox

  /// The starts of an attack at one epsilon.
  ///
  /// The key is the first two words of the Philox block whose counter holds epsilon's bit pattern,
  /// the norm and the purpose, under `seed`; image `i` then owns the positions from `i * 2^32` on.
  public init(_ norm: AttackNorm, epsilon: Double, seed: UInt64) {
    self.norm = norm
    self.epsilon = epsilon
    source = Philox(seed: seed, purpose: .adversarialStart, stream: norm == .linf ? 0 : 1)
      .subsequence(at: epsilon.bitPattern)
  }

  /// Adds the start's difference from the image to an image's values, dense
  /// `[channel, row, column]`.
  /// - Parameter image: the image's number in its set, from 0.
  public func add(to values: inout ArraySlice<Float>, image: Int) {
    switch norm {
    case .linf: addFromBox(to: &values, first(image))
    case .l2: addFromBall(to: &values, first(image))
    }
  }

  private func first(_ image: Int) -> UInt64 { UInt64(image) << 32 }

  private func addFromBox(to values: inout ArraySlice<Float>, _ first: UInt64) {
    let radius = Float(epsilon)
    var (position, index) = (first, values.startIndex)
    while index < values.endIndex {
      let words = source.words(at: position)
      for lane in 0..<min(4, values.endIndex - index) {
        values[index + lane] += radius * (2 * Philox.uniform(words[lane]) - 1)
      }
      position += 1
      index += 4
    }
  }

  /// A uniform direction, from normal numbers, and a radius whose power with the number of values
  /// is uniform.
  private func addFromBall(to values: inout ArraySlice<Float>, _ first: UInt64) {
    let normal = NormalNoise(source).numbers(values.count, from: first)
    let length = normal.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
    // Beyond all blocks that the normal numbers may take.
    let uniform = Philox.uniform(source.words(at: first | 0x8000_0000).x)
    let radius = epsilon * pow(Double(uniform), 1 / Double(values.count))
    let factor = length > 0 ? Float(radius / length) : 0
    for (offset, number) in normal.enumerated() {
      values[values.startIndex + offset] += factor * number
    }
  }
}
