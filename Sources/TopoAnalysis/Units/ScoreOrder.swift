/// Images from the highest to the lowest score. Images of equal scores follow by index; NaN is the
/// lowest score.
///
/// ```swift
/// let order = ScoreOrder([0.9, 0.8, 0.8, 0.6])
/// order.indices            // [0, 1, 2, 3]
/// order.ends               // [1, 3, 4]: three distinct scores
/// ```
public struct ScoreOrder: Sendable, Hashable {
  /// Indices of the images.
  public let indices: [Int32]
  /// By distinct score: the place in `indices` after its last image.
  public let ends: [Int]

  /// Orders scores, one per image.
  public init(_ scores: [Float]) {
    var keys = [UInt64](unsafeUninitializedCapacity: scores.count) { buffer, count in
      for (index, score) in scores.enumerated() {
        buffer[index] = UInt64(~Self.ascending(score)) << 32 | UInt64(UInt32(index))
      }
      count = scores.count
    }
    keys.sort()
    indices = keys.map { Int32(truncatingIfNeeded: $0) }
    var ends: [Int] = []
    for place in keys.indices.dropFirst() where keys[place] >> 32 != keys[place - 1] >> 32 {
      ends.append(place)
    }
    if !keys.isEmpty { ends.append(keys.count) }
    self.ends = ends
  }

  /// Bits that are in the order of the scores as integers. Both zeros have the same.
  private static func ascending(_ score: Float) -> UInt32 {
    let bits = (score.isNaN ? -Float.infinity : score == 0 ? 0 : score).bitPattern
    return bits >> 31 == 0 ? bits | 0x8000_0000 : ~bits
  }
}
