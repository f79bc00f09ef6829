import TopoFoundation

/// Made-up values: a function of a label and a member, the same everywhere and always.
struct TestData {
  private let source: Philox

  /// The values that `label` stands for in `member`.
  init(_ label: String, member: Int) {
    // FNV-1a (Fowler, Noll, Vo) of the label, as 64 bits.
    let seed = label.utf8.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { hash, byte in
      (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3
    }
    source = Philox(seed: seed, purpose: .test, stream: UInt32(member))
  }

  /// Uniform values from `range`.
  func uniform(_ count: Int, in range: ClosedRange<Float> = -1...1) -> [Float] {
    let width = range.upperBound - range.lowerBound
    return words(count).map { range.lowerBound + width * Philox.uniform($0) }
  }

  /// Uniform integers from `0..<bound`.
  func integers(_ count: Int, below bound: Int) -> [Int] {
    words(count).map { Int($0.multipliedFullWidth(by: UInt32(bound)).high) }
  }

  /// Random words. Beyond a prime number of them they repeat: no test needs more that differ, and
  /// large tensors are then quick to fill even in a debug build.
  private func words(_ count: Int) -> [UInt32] {
    let period = 65_521
    var words: [UInt32] = []
    words.reserveCapacity(count)
    var position: UInt64 = 0
    while words.count < min(count, period) {
      let block = source.words(at: position)
      for lane in 0..<min(4, min(count, period) - words.count) { words.append(block[lane]) }
      position += 1
    }
    let fresh = words
    while words.count < count { words += fresh.prefix(count - words.count) }
    return words
  }
}
