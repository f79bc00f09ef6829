/// One map of a `PlasmaFractal`, in its memory.
struct PlasmaMap {
  let size: Int
  /// `w^2` of the pixels at odd multiples of `2^i`.
  let amplitudes: UnsafeMutablePointer<Float>
  /// Not a number where they have not been asked for.
  let values: UnsafeMutablePointer<Float>
  /// The number of pixels asked for, then their places.
  let known: UnsafeMutablePointer<Int32>
  let blocks: UnsafeMutablePointer<PlasmaFractal.Block>
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
    let value = values[place]
    return value.isNaN ? compute(row & mask, column & mask, place) : value
  }

  /// Computes the pixels of a corner, the finest levels one after the other: first what they are
  /// means of, a little around the corner too, then middles of squares, then of edges.
  func fill(corner: Int) {
    // Coordinates that are needed at each level, multiples of 2^level.
    var needed = [(first: 0, last: corner - 1)]
    for level in 0..<PlasmaFractal.cornerLevels {
      let (side, range) = (2 << level, needed[level])
      needed.append(
        ((range.first - side) & -side, (range.last + 2 * side - 1) & -side))
    }
    let side = 1 << PlasmaFractal.cornerLevels
    let (first, last) = needed[PlasmaFractal.cornerLevels]
    for row in stride(from: first, through: last, by: side) {
      for column in stride(from: first, through: last, by: side) { _ = raw(row, column) }
    }
    for level in (0..<PlasmaFractal.cornerLevels).reversed() {
      let (half, edges) = (1 << level, needed[level])
      // From the first odd multiple on that the edges may need.
      fill(
        level, middles: ((edges.first - half) & -(2 * half) + half, edges.last + half),
        edges: edges)
    }
  }

  /// Computes all middles and edges of the squares of side `2^(level + 1)`.
  func fillAll(_ level: Int) {
    fill(level, middles: (1 << level, size - 1), edges: (0, size - 1))
  }

  /// Middles of squares, then middles of edges, between two coordinates each.
  private func fill(
    _ level: Int, middles: (first: Int, last: Int), edges: (first: Int, last: Int)
  ) {
    let (half, mask, amplitude) = (1 << level, size - 1, amplitudes[level])
    func value(_ row: Int, _ column: Int) -> Float {
      values[(row & mask) * size + column & mask]
    }
    func set(_ row: Int, _ column: Int, _ sum: Float) {
      let place = (row & mask) * size + column & mask
      values[place] = sum / 4 + amplitude * uniform(place)
      known[0] += 1
      known[Int(known[0])] = Int32(place)
    }
    for row in stride(from: middles.first, through: middles.last, by: 2 * half) {
      for column in stride(from: middles.first, through: middles.last, by: 2 * half) {
        set(
          row, column,
          value(row - half, column - half) + value(row + half, column - half)
            + (value(row - half, column + half) + value(row + half, column + half)))
      }
    }
    for row in stride(from: edges.first, through: edges.last, by: half) {
      // In rows of middles the edges stand at even multiples.
      let isOdd = row & half != 0
      let start = (edges.first & half != 0) == isOdd ? edges.first + half : edges.first
      for column in stride(from: start, through: edges.last, by: 2 * half) {
        set(
          row, column,
          value(row, column - half) + value(row, column + half)
            + (value(row - half, column) + value(row + half, column)))
      }
    }
  }

  private func compute(_ row: Int, _ column: Int, _ place: Int) -> Float {
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
    values[place] = value
    known[0] += 1
    known[Int(known[0])] = Int32(place)
    return value
  }

  /// Uniform in (-1, 1); eight pixels share a block.
  @inline(__always)
  private func uniform(_ place: Int) -> Float {
    let entry = blocks + place >> 3 & (PlasmaFractal.blockCount - 1)
    if entry.pointee.number != place >> 3 {
      entry.pointee = PlasmaFractal.Block(number: place >> 3, words: random.words(place >> 3))
    }
    let word = entry.pointee.words[place >> 1 & 3]
    let half = word >> (place & 1 == 0 ? 0 : 16) & 0xFFFF
    return (Float(half) + 0.5) * 0x1p-15 - 1
  }
}
