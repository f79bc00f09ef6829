/// Where each pixel of a plane `[rows, columns]` comes from, between four pixels; sums in Float64.
final class BilinearTable {
  /// What lies outside the image.
  enum Outside {
    /// The image, mirrored at the centers of its outermost pixels, or at their outer edges.
    case mirror, reflect
    /// Black pixels, between which and the outermost ones is interpolated; or nothing beyond the
    /// centers of the outermost ones.
    case black, blackAtOnce
  }

  /// The four pixels and their weights: upper left and right, lower left and right.
  private struct Entry: BitwiseCopyable {
    var places: SIMD4<Int32>
    var weights: SIMD4<Double>
  }

  private let rows: Int
  private let columns: Int
  private let outside: Outside
  private let entries: Scratch<Entry>

  init(rows: Int, columns: Int, outside: Outside) {
    (self.rows, self.columns, self.outside) = (rows, columns, outside)
    entries = Scratch(rows * columns)
  }

  /// Says that a pixel comes from `x` columns to the right of the first pixel's center and `y` rows
  /// below it.
  @inline(__always)
  func place(_ pixel: Int, _ x: Double, _ y: Double) {
    let (row, column) = (BilinearTable.floor(y), BilinearTable.floor(x))
    let (across, along) = (x - Double(column), y - Double(row))
    var entry = Entry(
      places: SIMD4(0, 1, Int32(columns), Int32(columns) + 1),
      weights: SIMD4(
        (1 - across) * (1 - along), across * (1 - along), (1 - across) * along, across * along))
    if row >= 0, row < rows - 1, column >= 0, column < columns - 1 {
      entry.places &+= Int32(truncatingIfNeeded: row * columns + column)
      entries[pixel] = entry
      return
    }
    let isNothing =
      switch outside {
      case .mirror, .reflect: false
      case .black: row < -1 || row >= rows || column < -1 || column >= columns
      case .blackAtOnce:
        x < 0 || y < 0 || x > Double(columns - 1) || y > Double(rows - 1)
      }
    guard !isNothing else {
      entries[pixel] = Entry(places: SIMD4(), weights: SIMD4())
      return
    }
    for corner in 0..<4 {
      let (r, c) = (row + corner / 2, column + corner % 2)
      let isInside = r >= 0 && r < rows && c >= 0 && c < columns
      if (outside == .black || outside == .blackAtOnce) && !isInside {
        (entry.places[corner], entry.weights[corner]) = (0, 0)
        continue
      }
      let place =
        outside == .mirror
        ? Border.mirror(r, rows) * columns + Border.mirror(c, columns)
        : Border.reflect(r, rows) * columns + Border.reflect(c, columns)
      entry.places[corner] = Int32(truncatingIfNeeded: place)
    }
    entries[pixel] = entry
  }

  /// The largest integer up to `x`, without the call of the mathematics library that `rounded` is
  /// on CPUs without SSE 4.1, for which the program is compiled.
  @inline(__always)
  private static func floor(_ x: Double) -> Int {
    let truncated = Int(x)
    return x < Double(truncated) ? truncated - 1 : truncated
  }

  /// Samples a plane.
  func sample(_ plane: Scratch<Float>, into output: Scratch<Float>) {
    for pixel in 0..<entries.count {
      let (places, weights) = (entries[pixel].places, entries[pixel].weights)
      let upper =
        Double(plane[Int(places.x)]) * weights.x + Double(plane[Int(places.y)]) * weights.y
      let lower =
        Double(plane[Int(places.z)]) * weights.z + Double(plane[Int(places.w)]) * weights.w
      output[pixel] = Float(upper + lower)
    }
  }
}
