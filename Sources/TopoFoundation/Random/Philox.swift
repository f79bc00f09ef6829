import CVectorKernels

/// Philox 4x32-10, the counter-based generator of Salmon, Moraes, Dror and Shaw ("Parallel random
/// numbers: as easy as 1, 2, 3", SC 2011): ten rounds turn a counter and a key into 128 bits.
///
/// A value depends on its purpose and its position alone, never on what was drawn before, so every
/// device, batch split, population and resume point sees the same bits.
public struct Philox: Sendable, Hashable {
  /// The key: a seed.
  public let seed: UInt64
  /// What the numbers are for; numbers of different purposes are independent.
  public let purpose: RandomPurpose
  /// Distinguishes streams of one purpose, such as layers or epochs.
  public let stream: UInt32

  /// The numbers of a seed for one purpose and stream.
  public init(seed: UInt64, purpose: RandomPurpose, stream: UInt32 = 0) {
    self.seed = seed
    self.purpose = purpose
    self.stream = stream
  }

  /// The four words at `position`: counter `(position low, position high, stream, purpose)`.
  @inlinable
  public func words(at position: UInt64) -> SIMD4<UInt32> {
    Philox.block(
      counter: SIMD4(
        UInt32(truncatingIfNeeded: position), UInt32(truncatingIfNeeded: position >> 32), stream,
        purpose.rawValue),
      key: SIMD2(UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32)))
  }

  /// The generator itself: ten rounds over `counter` under `key`.
  @inlinable
  public static func block(counter: SIMD4<UInt32>, key: SIMD2<UInt32>) -> SIMD4<UInt32> {
    // Scalar words: products of 32 by 32 bits take one instruction each that way, and moving
    // them in and out of vectors would cost more than the rounds.
    var (a, b, c, d) = (counter.x, counter.y, counter.z, counter.w)
    var (k, l) = (key.x, key.y)
    for _ in 0..<10 {
      let first = 0xD251_1F53 &* UInt64(a)
      let second = 0xCD9E_8D57 &* UInt64(c)
      (a, b, c, d) = (
        UInt32(truncatingIfNeeded: second >> 32) ^ b ^ k, UInt32(truncatingIfNeeded: second),
        UInt32(truncatingIfNeeded: first >> 32) ^ d ^ l, UInt32(truncatingIfNeeded: first)
      )
      k &+= 0x9E37_79B9
      l &+= 0xBB67_AE85
    }
    return SIMD4(a, b, c, d)
  }

  /// Fills `words`, four to a block, with those of the blocks from `position` on; many at a time are
  /// made faster than each alone.
  public func fill(_ words: UnsafeMutableBufferPointer<UInt32>, from position: UInt64) {
    precondition(words.count % 4 == 0, "blocks are whole")
    guard let start = words.baseAddress else { return }
    topo_philox(seed, stream, purpose.rawValue, position, words.count / 4, start)
  }

  /// Other numbers of the same purpose, whose seed is the first two words at `position`, the first
  /// one low.
  public func subsequence(at position: UInt64, stream: UInt32 = 0) -> Philox {
    let words = words(at: position)
    return Philox(
      seed: UInt64(words.x) | UInt64(words.y) << 32, purpose: purpose, stream: stream)
  }

  /// A uniform integer in `0..<bound` from one word, by multiplication; the bias is below
  /// `bound / 2^32`.
  @inlinable
  public static func integer(below bound: Int, _ word: UInt32) -> Int {
    Int((UInt64(word) &* UInt64(bound)) >> 32)
  }

  /// A uniform value in [0, 1), a multiple of 2^-24: the upper 24 bits of a word.
  @inlinable
  public static func uniform(_ word: UInt32) -> Float { Float(word >> 8) * 0x1p-24 }

  /// Whether dropout at `rate` keeps the value at `index` (dense order within a member) of the
  /// layer `stream` at `step`: word `index % 4` of the block at
  /// `(index / 4) + (step << 32)` is compared with the rate.
  @inlinable
  public static func dropoutKeeps(
    seed: UInt64, stream: UInt32, step: UInt32, index: Int, rate: Float
  ) -> Bool {
    let words = Philox(seed: seed, purpose: .dropout, stream: stream)
      .words(at: UInt64(index / 4) | UInt64(step) << 32)
    return uniform(words[index % 4]) >= rate
  }
}
