import Foundation
import TopoCompute
import TopoFoundation
import TopoPerturbations

/// The random start of an attack: a point within epsilon of the image, uniform in the box (Linf) or
/// in the ball (L2), before it is clipped to [0, 1].
///
/// The start depends only on the seed, the norm, epsilon and the index of the image. It is the same
/// for every network, batch size, population and device.
public struct AttackStart: Sendable, Hashable {
  private let norm: AttackNorm
  private let epsilon: Double
  private let source: Philox

  /// The random starts of an attack at one epsilon.
  ///
  /// The key is the first two words of the Philox block whose counter holds the bit pattern of
  /// epsilon, the norm and the purpose, with the key `seed`. Image `i` uses the positions from
  /// `i * 2^32` on.
  public init(_ norm: AttackNorm, epsilon: Double, seed: UInt64) {
    self.norm = norm
    self.epsilon = epsilon
    source = Philox(seed: seed, purpose: .adversarialStart, stream: norm == .linf ? 0 : 1)
      .subsequence(at: epsilon.bitPattern)
  }

  /// Moves an image to its random start.
  /// - Parameters:
  ///   - values: the image, dense `[channel, row, column]`.
  ///   - image: its index in the set, from 0.
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

  /// A point that is uniform in the ball: its direction comes from normal numbers, and its radius
  /// is `epsilon * u^(1 / n)` with `u` uniform in [0, 1) and `n` the number of values.
  private func addFromBall(to values: inout ArraySlice<Float>, _ first: UInt64) {
    let normal = NormalNoise(source).numbers(values.count, from: first)
    let length = normal.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
    // A position beyond those of the normal numbers.
    let uniform = Philox.uniform(source.words(at: first | 0x8000_0000).x)
    let radius = epsilon * pow(Double(uniform), 1 / Double(values.count))
    let factor = length > 0 ? Float(radius / length) : 0
    for (offset, number) in normal.enumerated() {
      values[values.startIndex + offset] += factor * number
    }
  }
}
