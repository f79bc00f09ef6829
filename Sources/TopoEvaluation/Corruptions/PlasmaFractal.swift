/// A random cloud by the diamond-square algorithm on a torus, `[size, size]` in [0, 1].
///
/// From one corner at 0, the middles of squares and then of their edges become the mean of their
/// four neighbours plus `w^2 u`, `u` uniform in (-1, 1); `w` is 100 and is divided by `decay` before
/// each halving of the squares. At last the map is shifted and scaled to begin at 0 and end at 1.
///
/// The draw of a pixel is 16 bits of a word, at the pixel's place in the map: steps are far below a
/// byte's. Pixels are computed when they are asked for, as only a corner of a large map is shown.
/// The largest and the smallest one are looked for square by square, leaving out those squares in
/// which bounds exclude them.
final class PlasmaFractal {
  /// A power of two.
  let size: Int
  /// The smallest value, and the largest one less that, of the map last drawn.
  private(set) var low: Float = 0
  private(set) var range: Float = 0
  /// `w^2` of the pixels at odd multiples of `2^i`.
  private let amplitudes: [Float]
  /// By how much values at odd multiples of less than `2^i` may exceed their neighbours' largest.
  private let slacks: [Float]
  private let values: Scratch<Float>
  /// The drawing in which a pixel was computed.
  private let stamps: Scratch<UInt32>
  private var stamp: UInt32 = 0
  private var squares: Scratch<Int32>
  private var smaller: Scratch<Int32>
  private var random: CorruptionRandom?
  private var block = (place: -1, words: SIMD4<UInt32>())

  /// A map of at least `size` pixels along each side.
  init(atLeast size: Int, decay: Double) {
    var power = 2
    while power < size { power *= 2 }
    self.size = power
    let levels = power.trailingZeroBitCount
    var (amplitudes, wibble) = ([Float](repeating: 0, count: levels), 100.0)
    for level in (0..<levels).reversed() {
      amplitudes[level] = Float(wibble * wibble)
      wibble /= decay
    }
    // A middle exceeds its corners by w^2 at most, an edge the larger of both by half of that and
    // w^2. A little more for rounding.
    slacks = (0...levels).map { level in
      amplitudes[..<level].reduce(0) { $0 + 1.5 * $1 } * 1.001
    }
    self.amplitudes = amplitudes
    values = Scratch(power * power)
    stamps = Scratch(power * power)
    stamps.start.initialize(repeating: 0, count: stamps.count)
    squares = Scratch(power * power)
    smaller = Scratch(power * power)
  }

  /// Draws a map.
  func draw(_ random: CorruptionRandom) {
    self.random = random
    block.place = -1
    stamp &+= 1
    if stamp == 0 {
      stamps.start.initialize(repeating: 0, count: stamps.count)
      stamp = 1
    }
    findExtremes()
  }

  /// The value of a pixel in [0, 1].
  @inline(__always)
  func value(_ row: Int, _ column: Int) -> Float {
    range > 0 ? (raw(row, column) - low) / range : 0
  }

  /// The value before shifting and scaling; coordinates may lie outside the map.
  private func raw(_ row: Int, _ column: Int) -> Float {
    let mask = size - 1
    let place = (row & mask) * size + column & mask
    if stamps[place] == stamp { return values[place] }
    let result = compute(row & mask, column & mask, place)
    values[place] = result
    stamps[place] = stamp
    return result
  }

  private func compute(_ row: Int, _ column: Int, _ place: Int) -> Float {
    if place == 0 { return 0 }
    let level = (row | column).trailingZeroBitCount
    let half = 1 << level
    let sum: Float
    if row & column & half != 0 {
      sum =
        raw(row - half, column - half) + raw(row + half, column - half)
        + (raw(row - half, column + half) + raw(row + half, column + half))
    } else {
      // Of the two pairs one lies in the middles of squares, the other at the edge's ends.
      let across = raw(row, column - half) + raw(row, column + half)
      let along = raw(row - half, column) + raw(row + half, column)
      sum = across + along
    }
    return sum / 4 + amplitudes[level] * uniform(place)
  }

  /// Uniform in (-1, 1); eight pixels share a block.
  @inline(__always)
  private func uniform(_ place: Int) -> Float {
    if block.place != place / 8, let random {
      block = (place / 8, random.words(place / 8))
    }
    let lane = place & 7
    let half = block.words[lane / 2] >> (lane & 1 == 0 ? 0 : 16) & 0xFFFF
    return (Float(half) + 0.5) * 0x1p-15 - 1
  }

  private func findExtremes() {
    var (least, most): (Float, Float) = (0, 0)
    var count = 1
    squares[0] = 0
    // Squares of side 2^level, named by their upper left corners.
    for level in (1...amplitudes.count).reversed() {
      let half = 1 << (level - 1)
      for index in 0..<count {
        let (row, column) = (Int(squares[index]) / size, Int(squares[index]) % size)
        // The right and the lower edge belong to the next squares, but may have been left out.
        for down in 0...2 {
          for right in 0...2 where (down | right) & 1 == 1 {
            let value = raw(row + down * half, column + right * half)
            least = min(least, value)
            most = max(most, value)
          }
        }
      }
      guard level > 1 else { break }
      var kept = 0
      for index in 0..<count {
        let (row, column) = (Int(squares[index]) / size, Int(squares[index]) % size)
        for part in 0..<4 {
          let (r, c) = (row + part / 2 * half, column + part % 2 * half)
          guard mayExceed(r, c, half, slacks[level - 1], least, most) else { continue }
          smaller[kept] = Int32(r * size + c)
          kept += 1
        }
      }
      swap(&squares, &smaller)
      count = kept
    }
    (low, range) = (least, most - least)
  }

  /// Whether a pixel of a square may lie outside the values seen. Its pixels depend on the corners
  /// of the square and of its eight neighbours alone.
  @inline(__always)
  private func mayExceed(
    _ row: Int, _ column: Int, _ side: Int, _ slack: Float, _ least: Float, _ most: Float
  ) -> Bool {
    for down in -1...2 {
      for right in -1...2 {
        let value = raw(row + down * side, column + right * side)
        if value + slack >= most || value - slack <= least { return true }
      }
    }
    return false
  }
}
