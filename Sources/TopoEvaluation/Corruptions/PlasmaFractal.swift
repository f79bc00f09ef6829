/// A random cloud by the diamond-square algorithm on a torus, `[size, size]` in [0, 1].
///
/// From one corner at 0, the middles of squares and then of their edges become the mean of their
/// four neighbours plus `w^2 u`, `u` uniform in (-1, 1); `w` is 100 and is divided by `decay` before
/// each halving of the squares. At last the map is shifted and scaled to begin at 0 and end at 1.
/// A uniform number is 16 bits of a word, whose steps are far below a byte's.
final class PlasmaFractal {
  /// The map.
  let values: Scratch<Float>
  /// A power of two.
  let size: Int
  private let decay: Double
  private let draws: Scratch<Float>

  /// A map of at least `size` pixels along each side.
  init(atLeast size: Int, decay: Double) {
    var power = 2
    while power < size { power *= 2 }
    (self.size, self.decay) = (power, decay)
    values = Scratch(power * power)
    // The last halving asks for the most: a quarter of the pixels three times.
    draws = Scratch(power * power)
  }

  /// Draws a map.
  func draw(_ random: CorruptionRandom) {
    drawUniform(random)
    var next = UnsafePointer(draws.start)
    values[0] = 0
    var step = size
    var wibble = 100.0
    while step >= 2 {
      let amplitude = Float(wibble * wibble)
      fillSquares(step, amplitude, &next)
      fillEdges(step, amplitude, &next)
      step /= 2
      wibble /= decay
    }
    normalize()
  }

  /// Eight numbers to a block.
  private func drawUniform(_ random: CorruptionRandom) {
    for index in stride(from: 0, to: draws.count, by: 8) {
      let words = random.words(index / 8)
      for lane in 0..<min(8, draws.count - index) {
        let half = words[lane / 2] >> (lane & 1 == 0 ? 0 : 16) & 0xFFFF
        draws[index + lane] = (Float(half) + 0.5) * 0x1p-15 - 1
      }
    }
  }

  /// The middles of squares: the mean of four corners, and a draw.
  private func fillSquares(
    _ step: Int, _ amplitude: Float, _ next: inout UnsafePointer<Float>
  ) {
    let half = step / 2
    for row in stride(from: 0, to: size, by: step) {
      let above = values.start + row * size
      let below = values.start + (row + step) % size * size
      let middle = values.start + (row + half) * size
      for column in stride(from: 0, to: size, by: step) {
        let right = column + step == size ? 0 : column + step
        let sum = above[column] + below[column] + (above[right] + below[right])
        middle[column + half] = sum / 4 + amplitude * next.pointee
        next += 1
      }
    }
  }

  /// The middles of edges: the mean of the two ends and of the two squares beside, and a draw.
  private func fillEdges(
    _ step: Int, _ amplitude: Float, _ next: inout UnsafePointer<Float>
  ) {
    let half = step / 2
    for row in stride(from: 0, to: size, by: step) {
      let corners = values.start + row * size
      let middle = values.start + (row + half) * size
      let above = values.start + (row + size - half) % size * size
      for column in stride(from: 0, to: size, by: step) {
        let right = column + step == size ? 0 : column + step
        let sum =
          middle[column + half] + above[column + half] + (corners[column] + corners[right])
        corners[column + half] = sum / 4 + amplitude * next.pointee
        next += 1
      }
    }
    for row in stride(from: 0, to: size, by: step) {
      let corners = values.start + row * size
      let below = values.start + (row + step) % size * size
      let middle = values.start + (row + half) * size
      for column in stride(from: 0, to: size, by: step) {
        let left = column == 0 ? size - half : column - half
        let sum = middle[column + half] + middle[left] + (corners[column] + below[column])
        middle[column] = sum / 4 + amplitude * next.pointee
        next += 1
      }
    }
  }

  private func normalize() {
    var (low, high) = (values[0], values[0])
    for index in 0..<values.count {
      low = min(low, values[index])
      high = max(high, values[index])
    }
    let range = high - low
    for index in 0..<values.count {
      values[index] = range > 0 ? (values[index] - low) / range : 0
    }
  }
}
