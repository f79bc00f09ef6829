/// A random cloud by the diamond-square algorithm on a torus, `[size, size]` in [0, 1].
///
/// From one corner at 0, the middles of squares and then of their edges become the mean of their
/// four neighbors plus `w^2 u`, `u` uniform in (-1, 1); `w` is 100 and is divided by `decay` before
/// each halving of the squares. At last the map is shifted and scaled to begin at 0 and end at 1.
///
/// The draw of a pixel is 16 bits of a word, at the pixel's place in the map: steps are far below a
/// byte's.
final class PlasmaFractal {
  /// A power of two, 4 or more.
  let size: Int
  /// `w^2` of the pixels at odd multiples of `2^i`.
  private let amplitudes: [Float]
  private let values: Scratch<Float>
  /// Two draws each, in the order of the pixels.
  private let words: Scratch<UInt32>
  /// The smallest value of the map, and the largest one less that.
  private var (low, range): (Float, Float) = (0, 0)

  /// A map of at least `size` pixels along each side.
  init(atLeast size: Int, decay: Double) {
    var power = 4
    while power < size { power *= 2 }
    self.size = power
    var amplitudes: [Float] = []
    var wibble = 100.0
    for _ in 0..<power.trailingZeroBitCount {
      amplitudes.append(Float(wibble * wibble))
      wibble /= decay
    }
    self.amplitudes = amplitudes.reversed()
    values = Scratch(power * power)
    words = Scratch(power * power / 2)
  }

  /// The value of a pixel of the map in [0, 1].
  @inline(__always)
  func value(_ row: Int, _ column: Int) -> Float {
    range > 0 ? (values[row * size + column] - low) / range : 0
  }

  /// Draws another map.
  func draw(_ random: CorruptionRandom) {
    random.fill(words)
    fillUniform()
    values[0] = 0
    for level in amplitudes.indices.reversed() {
      fillMiddles(1 << level, amplitudes[level])
      fillEdges(1 << level, amplitudes[level])
    }
    // One value is 0.
    var (lowest, highest) = (SIMD16<Float>(), SIMD16<Float>())
    for start in stride(from: 0, to: values.count, by: 16) {
      let some = UnsafeRawPointer(values.start + start).loadUnaligned(as: SIMD16<Float>.self)
      lowest.replace(with: some, where: some .< lowest)
      highest.replace(with: some, where: some .> highest)
    }
    (low, range) = (lowest.min(), highest.max() - lowest.min())
  }

  /// Uniform numbers in (-1, 1) in place of all values.
  private func fillUniform() {
    for index in 0..<words.count {
      let word = words[index]
      values[2 &* index] = uniform(word & 0xFFFF)
      values[2 &* index &+ 1] = uniform(word >> 16)
    }
  }

  @inline(__always)
  private func uniform(_ draw: UInt32) -> Float {
    (Float(Int32(truncatingIfNeeded: draw)) + 0.5) * 0x1p-15 - 1
  }

  /// The middles of the squares of side `2 half`, from their corners.
  private func fillMiddles(_ half: Int, _ amplitude: Float) {
    var row = half
    while row < size {
      let (above, same, below) = (line(row - half), line(row), line(row + half))
      var column = half
      while column < size {
        let (left, right) = (column &- half, (column &+ half) & (size &- 1))
        let sum = (above[left] + below[left]) + (above[right] + below[right])
        same[column] = sum / 4 + amplitude * same[column]
        column &+= 2 &* half
      }
      row += 2 * half
    }
  }

  /// The middles of the edges of those squares, from the edges' ends and the squares' middles.
  private func fillEdges(_ half: Int, _ amplitude: Float) {
    var row = 0
    while row < size {
      let (above, same, below) = (line(row - half), line(row), line(row + half))
      // In rows of middles the edges stand at even multiples.
      var column = row & half == 0 ? half : 0
      while column < size {
        let (left, right) = ((column &- half) & (size &- 1), (column &+ half) & (size &- 1))
        let sum = (same[left] + same[right]) + (above[column] + below[column])
        same[column] = sum / 4 + amplitude * same[column]
        column &+= 2 &* half
      }
      row += half
    }
  }

  /// A row, which may lie outside of the map.
  @inline(__always)
  private func line(_ row: Int) -> UnsafeMutablePointer<Float> {
    values.start + (row & (size - 1)) * size
  }
}
