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
  private let amplitudes: Scratch<Float>
  /// By how much values at odd multiples of less than `2^i` may exceed their neighbours' largest.
  private let slacks: [Float]
  private let pixels: Scratch<Pixel>
  private var squares: Scratch<Int32>
  private var smaller: Scratch<Int32>
  private var stamp: UInt32 = 0

  /// A map of at least `size` pixels along each side.
  init(atLeast size: Int, decay: Double) {
    var power = 2
    while power < size { power *= 2 }
    self.size = power
    let levels = power.trailingZeroBitCount
    amplitudes = Scratch(levels)
    var wibble = 100.0
    for level in (0..<levels).reversed() {
      amplitudes[level] = Float(wibble * wibble)
      wibble /= decay
    }
    // A middle exceeds its corners by w^2 at most, an edge the larger of both by half of that and
    // w^2. A little more for rounding.
    var (slacks, slack): ([Float], Float) = ([0], 0)
    for level in 0..<levels {
      slack += 1.5 * amplitudes[level] * 1.001
      slacks.append(slack)
    }
    self.slacks = slacks
    pixels = Scratch(power * power)
    pixels.start.initialize(repeating: Pixel(), count: pixels.count)
    squares = Scratch(power * power)
    smaller = Scratch(power * power)
  }

  /// Draws a map.
  /// - Returns: the map, until the next one is drawn.
  func draw(_ random: CorruptionRandom) -> PlasmaMap {
    stamp &+= 1
    if stamp == 0 {
      pixels.start.initialize(repeating: Pixel(), count: pixels.count)
      stamp = 1
    }
    var map = PlasmaMap(
      size: size, amplitudes: amplitudes.start, pixels: pixels.start, stamp: stamp,
      random: random)
    findExtremes(of: &map)
    return map
  }

  private func findExtremes(of map: inout PlasmaMap) {
    var (least, most): (Float, Float) = (0, 0)
    var count = 1
    squares[0] = 0
    // Squares of side 2^level, named by their upper left corners.
    for level in (1...amplitudes.count).reversed() {
      let half = 1 << (level - 1)
      for index in 0..<count {
        let (row, column) = Int(squares[index]).quotientAndRemainder(dividingBy: size)
        // The right and the lower edge belong to the next squares, but may have been left out.
        for down in 0...2 {
          for right in 0...2 where (down | right) & 1 == 1 {
            let value = map.raw(row + down * half, column + right * half)
            least = min(least, value)
            most = max(most, value)
          }
        }
      }
      guard level > 1 else { break }
      let slack = slacks[level - 1]
      var kept = 0
      for index in 0..<count {
        let (row, column) = Int(squares[index]).quotientAndRemainder(dividingBy: size)
        for part in 0..<4 {
          let (r, c) = (row + part / 2 * half, column + part % 2 * half)
          guard map.reaches(above: most - slack, below: least + slack, r, c, half) else { continue }
          smaller[kept] = Int32(r * size + c)
          kept += 1
        }
      }
      swap(&squares, &smaller)
      count = kept
    }
    (map.low, map.range) = (least, most - least)
  }

  /// A value, and the drawing in which it was computed.
  struct Pixel: BitwiseCopyable {
    var stamp: UInt32 = 0
    var value: Float = 0
  }
}

/// One map of a `PlasmaFractal`, in its memory.
struct PlasmaMap {
  let size: Int
  /// `w^2` of the pixels at odd multiples of `2^i`.
  let amplitudes: UnsafeMutablePointer<Float>
  let pixels: UnsafeMutablePointer<PlasmaFractal.Pixel>
  let stamp: UInt32
  let random: CorruptionRandom
  /// The smallest value, and the largest one less that.
  var low: Float = 0
  var range: Float = 0

  /// The value of a pixel in [0, 1].
  @inline(__always)
  func value(_ row: Int, _ column: Int) -> Float {
    range > 0 ? (raw(row, column) - low) / range : 0
  }

  /// The value before shifting and scaling; coordinates may lie outside the map.
  @inline(__always)
  func raw(_ row: Int, _ column: Int) -> Float {
    let mask = size - 1
    let place = (row & mask) * size + column & mask
    let pixel = pixels[place]
    return pixel.stamp == stamp ? pixel.value : compute(row & mask, column & mask, place)
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
    let value = sum / 4 + amplitudes[level] * uniform(place)
    pixels[place] = PlasmaFractal.Pixel(stamp: stamp, value: value)
    return value
  }

  /// Uniform in (-1, 1); eight pixels share a block.
  @inline(__always)
  private func uniform(_ place: Int) -> Float {
    let lane = place & 7
    let half = random.words(place / 8)[lane / 2] >> (lane & 1 == 0 ? 0 : 16) & 0xFFFF
    return (Float(half) + 0.5) * 0x1p-15 - 1
  }

  /// Whether, at the corners of a square and of its eight neighbours, a value reaches one of two
  /// bounds. The pixels of the square depend on these corners alone.
  @inline(__always)
  func reaches(
    above high: Float, below low: Float, _ row: Int, _ column: Int, _ side: Int
  ) -> Bool {
    for down in -1...2 {
      for right in -1...2 {
        let value = raw(row + down * side, column + right * side)
        if value >= high || value <= low { return true }
      }
    }
    return false
  }
}
