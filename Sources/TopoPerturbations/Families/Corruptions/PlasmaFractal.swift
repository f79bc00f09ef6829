/// A random cloud by the diamond-square algorithm on a torus, `[size, size]` in [0, 1].
///
/// From one corner at 0, the middles of squares and then of their edges become the mean of their
/// four neighbours plus `w^2 u`, `u` uniform in (-1, 1); `w` is 100 and is divided by `decay` before
/// each halving of the squares. At last the map is shifted and scaled to begin at 0 and end at 1.
///
/// The draw of a pixel is 16 bits of a word, at the pixel's place in the map: steps are far below a
/// byte's. Pixels are computed when they are asked for, as only a corner of a large map is shown; the
/// corner itself level by level, which takes no questions whether a neighbour is there.
/// The largest and the smallest one are looked for square by square, from squares of 16 x 16 on,
/// leaving out those squares in which bounds exclude them; a few promising squares are followed down
/// to single pixels first, as bounds exclude more where a value near the extremes is known.
final class PlasmaFractal {
  /// A power of two.
  let size: Int
  private let amplitudes: Scratch<Float>
  /// By how much pixels in squares of side `2^i` may exceed the largest corner around.
  private let slacks: [Float]
  /// Squares of side `2^top` are the first ones that are looked at.
  private let top: Int
  /// Values, not a number where they have not been asked for.
  private let values: Scratch<Float>
  /// The number of pixels asked for, then their places.
  private let known: Scratch<Int32>
  private let corners: Scratch<Float>
  /// Blocks that were drawn, each at its number modulo their count.
  private let blocks: Scratch<Block>
  private var squares: Scratch<Int32>
  private var smaller: Scratch<Int32>

  /// Pixels of the corner along each side.
  private let corner: Int

  /// A map of at least `size` pixels along each side, of which `corner` will be asked for.
  init(atLeast size: Int, corner: Int = 0, decay: Double) {
    self.corner = corner
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
    top = min(levels, PlasmaFractal.cornerLevels)
    slacks = (0...top).map { [amplitudes] in PlasmaFractal.gain(amplitudes, $0) * 1.001 }
    values = Scratch(power * power)
    values.start.initialize(repeating: .nan, count: values.count)
    values[0] = 0
    known = Scratch(power * power + 1)
    known[0] = 0
    corners = Scratch(9)
    blocks = Scratch(PlasmaFractal.blockCount)
    squares = Scratch(max(Self.beam, power * power))
    smaller = Scratch(max(Self.beam, power * power))
  }

  /// Draws a map.
  /// - Returns: the map, until the next one is drawn.
  func draw(_ random: CorruptionRandom) -> PlasmaMap {
    for index in 0..<Int(known[0]) { values[Int(known[index + 1])] = .nan }
    known[0] = 0
    blocks.start.initialize(repeating: Block(number: -1, words: SIMD4()), count: blocks.count)
    var map = PlasmaMap(
      size: size, amplitudes: amplitudes.start, values: values.start, known: known.start,
      blocks: blocks.start, random: random)
    for level in (top..<amplitudes.count).reversed() { map.fillAll(level) }
    // Where it would wrap around onto itself, pixel by pixel.
    if corner > 0, corner + 10 << Self.cornerLevels < size { map.fill(corner: corner) }
    findExtremes(of: &map)
    return map
  }

  /// A block of random words and its number.
  struct Block: BitwiseCopyable {
    var number: Int
    var words: SIMD4<UInt32>
  }

  static let blockCount = 256

  /// Levels at which a corner is computed as a whole.
  static let cornerLevels = 4

  /// The largest pixel of squares of side `2^levels` whose corners, and those around, are 0, where
  /// all draws are 1: what draws can add, as means take no value beyond their terms'.
  private static func gain(_ amplitudes: Scratch<Float>, _ levels: Int) -> Float {
    let size = 1 << levels
    var values = [Float](repeating: 0, count: size * size)
    func value(_ row: Int, _ column: Int) -> Float {
      values[(row & (size - 1)) * size + column & (size - 1)]
    }
    for level in (0..<levels).reversed() {
      let half = 1 << level
      for row in stride(from: half, to: size, by: 2 * half) {
        for column in stride(from: half, to: size, by: 2 * half) {
          let sum =
            value(row - half, column - half) + value(row - half, column + half)
            + value(row + half, column - half) + value(row + half, column + half)
          values[row * size + column] = sum / 4 + amplitudes[level]
        }
      }
      for row in stride(from: 0, to: size, by: half) {
        for column in stride(from: half - row & half, to: size, by: 2 * half) {
          let sum =
            value(row - half, column) + value(row + half, column) + value(row, column - half)
            + value(row, column + half)
          values[row * size + column] = sum / 4 + amplitudes[level]
        }
      }
    }
    return values.max() ?? 0
  }

  private func findExtremes(of map: inout PlasmaMap) {
    let levels = amplitudes.count
    var (least, most) = (-promising(map, sign: -1), promising(map, sign: 1))
    for row in stride(from: 0, to: size, by: 1 << top) {
      for column in stride(from: 0, to: size, by: 1 << top) {
        let value = map.raw(row, column)
        least = min(least, value)
        most = max(most, value)
      }
    }
    // Squares of side 2^level, named by their upper left corners.
    var count = 0
    let first = Bounds(amplitudes[top - 1], slacks[top - 1])
    for row in stride(from: 0, to: size, by: 1 << top) {
      for column in stride(from: 0, to: size, by: 1 << top) {
        let (next, below) = (column + 1 << top, row + 1 << top)
        let (a, b) = (map.raw(row, column), map.raw(row, next))
        let (c, d) = (map.raw(below, column), map.raw(below, next))
        guard first.mayExceed(least, most, a, b, c, d) else { continue }
        squares[count] = Int32(row << levels + column)
        count += 1
      }
    }
    for level in (1...top).reversed() {
      let half = 1 << (level - 1)
      let bounds = level > 1 ? Bounds(amplitudes[level - 2], slacks[level - 2]) : nil
      var kept = 0
      for index in 0..<count {
        let (row, column) = (Int(squares[index]) >> levels, Int(squares[index]) & (size - 1))
        readCorners(map, row, column, half)
        // The middle and the edges' middles, also of the right and the lower edge: the next squares,
        // to which they belong, may have been left out.
        for place in stride(from: 1, to: 9, by: 2) {
          least = min(least, corners[place])
          most = max(most, corners[place])
        }
        least = min(least, corners[4])
        most = max(most, corners[4])
        guard let bounds else { continue }
        for part in 0..<4 {
          let corner = corners.start + (part >> 1) * 3 + part & 1
          guard bounds.mayExceed(least, most, corner[0], corner[1], corner[3], corner[4]) else {
            continue
          }
          smaller[kept] = Int32((row + (part >> 1) * half) << levels + column + (part & 1) * half)
          kept += 1
        }
      }
      swap(&squares, &smaller)
      count = kept
    }
    (map.low, map.range) = (least, most - least)
  }

  /// Squares that are followed at a time.
  private static let beam = 4

  /// The squares whose corners are highest, descending.
  private struct Beam {
    var scores = SIMD4<Float>(repeating: -.infinity)
    var squares = SIMD4<Int32>()
    var count = 0

    @inline(__always)
    mutating func add(_ square: Int, score: Float) {
      guard score > scores[PlasmaFractal.beam - 1] else { return }
      var place = min(count, PlasmaFractal.beam - 1)
      while place > 0, scores[place - 1] < score {
        scores[place] = scores[place - 1]
        squares[place] = squares[place - 1]
        place -= 1
      }
      scores[place] = score
      squares[place] = Int32(square)
      count = min(count + 1, PlasmaFractal.beam)
    }
  }

  /// The largest value times `sign` in those squares, level by level, whose corners are highest.
  private func promising(_ map: PlasmaMap, sign: Float) -> Float {
    let levels = amplitudes.count
    var beam = Beam()
    for row in stride(from: 0, to: size, by: 1 << top) {
      for column in stride(from: 0, to: size, by: 1 << top) {
        beam.add(row << levels + column, score: sign * map.raw(row, column))
      }
    }
    var best = max(0, beam.scores[0])
    for level in (1...top).reversed() {
      let half = 1 << (level - 1)
      var next = Beam()
      for index in 0..<beam.count {
        let square = Int(beam.squares[index])
        let (row, column) = (square >> levels, square & (size - 1))
        readCorners(map, row, column, half)
        for corner in 0..<9 { best = max(best, sign * corners[corner]) }
        for part in 0..<4 {
          let (down, right) = (part >> 1, part & 1)
          let first = corners.start + 3 * down + right
          let score =
            sign > 0
            ? max(max(first[0], first[1]), max(first[3], first[4]))
            : -min(min(first[0], first[1]), min(first[3], first[4]))
          next.add((row + down * half) << levels + column + right * half, score: score)
        }
      }
      beam = next
    }
    return best
  }

  /// The corners of the four quarters of a square, of side `half`, `[3, 3]`.
  @inline(__always)
  private func readCorners(_ map: PlasmaMap, _ row: Int, _ column: Int, _ half: Int) {
    for down in 0..<3 {
      for right in 0..<3 {
        corners[3 * down + right] = map.raw(row + down * half, column + right * half)
      }
    }
  }

  /// What decides whether a square may hold an extreme.
  private struct Bounds {
    /// Of the square's middle and its edges' middles; a little more for rounding.
    let amplitude: Float
    /// By how much the largest pixel may exceed the largest of those and the square's corners.
    let slack: Float

    init(_ amplitude: Float, _ slack: Float) {
      self.amplitude = amplitude * 1.001
      self.slack = slack / (1 - Bounds.outerShare)
    }

    /// The share that corners outside a square have in a pixel inside, at most: 0.1386 after five
    /// halvings, and hardly growing. If `m` is the largest of all pixels, no corner exceeds it, so
    /// that `m <= h + share (m - h) + s`, thus `m <= h + s / (1 - share)`, where `h` is the largest
    /// corner and `s` what draws can add.
    private static let outerShare: Float = 0.15

    /// Whether a pixel may lie outside `[least, most]`, the extremes so far, in a square whose corners
    /// are `a` to `d`, row by row.
    @inline(__always)
    func mayExceed(
      _ least: Float, _ most: Float, _ a: Float, _ b: Float, _ c: Float, _ d: Float
    ) -> Bool {
      mayExceed(a, b, c, d, most: most) || mayExceed(-a, -b, -c, -d, most: -least)
    }

    /// Whether a pixel may exceed `most`.
    ///
    /// The middle is at most the mean plus the amplitude; an edge's middle a quarter of the edge's
    /// ends, the middle and the next square's middle, which is at most the largest of all pixels.
    @inline(__always)
    private func mayExceed(
      _ a: Float, _ b: Float, _ c: Float, _ d: Float, most: Float
    ) -> Bool {
      let middle = (a + b + (c + d)) / 4 + amplitude
      if max(max(max(a, b), max(c, d)), middle) + slack >= most { return true }
      let ends = max(max(a + b, c + d), max(a + c, b + d))
      return (ends + middle + most) / 4 + amplitude + slack >= most
    }
  }
}
