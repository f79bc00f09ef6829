/// A `RandomNumberGenerator`-like reader of a `Philox` stream from its beginning, two words at a
/// time. For uses whose number of draws is fixed by what they do, such as a shuffle.
public struct RandomSequence: Sendable {
  private let source: Philox
  private var position: UInt64 = 0
  private var words = SIMD4<UInt32>()
  private var used = 4

  /// Reads `source` from position 0.
  public init(_ source: Philox) { self.source = source }

  /// The next word.
  public mutating func nextWord() -> UInt32 {
    if used == 4 {
      words = source.words(at: position)
      position += 1
      used = 0
    }
    defer { used += 1 }
    return words[used]
  }

  /// A uniform integer below `bound` (at most 2^32), without bias: Lemire's multiplication with
  /// rejection (arXiv 1805.10941).
  public mutating func next(below bound: UInt32) -> UInt32 {
    precondition(bound > 0)
    var product = nextWord().multipliedFullWidth(by: bound)
    if product.low < bound {
      let threshold = (0 &- bound) % bound
      while product.low < threshold { product = nextWord().multipliedFullWidth(by: bound) }
    }
    return product.high
  }

  /// A uniform value in [0, 1), a multiple of 2^-24.
  public mutating func nextUniform() -> Float { Philox.uniform(nextWord()) }

  /// Numbers `0..<count` in a random order (Fisher and Yates, from the end).
  public mutating func permutation(_ count: Int) -> [Int32] {
    var order = (0..<Int32(count)).map { $0 }
    for last in stride(from: count - 1, to: 0, by: -1) {
      order.swapAt(last, Int(next(below: UInt32(last + 1))))
    }
    return order
  }
}
