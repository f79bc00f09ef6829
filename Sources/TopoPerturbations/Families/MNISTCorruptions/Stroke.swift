/// Soft lines that are drawn over an image, as MNIST-C's `line`, `dotted_line` and `zigzag` draw
/// them: brightness `1 + ln(1 - d / 2.3)`, `d` the vertical distance from the line in pixels, added
/// and clipped to 1. They are three pixels wide.
struct Stroke {
  /// A place in an image; rows go down.
  struct Point: Hashable {
    var column: Double
    var row: Double
  }

  /// Where the logarithm ends.
  private static let width = 2.3
  /// Farther away, `1 + ln(1 - d / 2.3)` is negative: `2.3 (1 - 1/e)`, rounded up.
  private static let reach = 1.46

  /// Adds the line from `start` to `end` to the columns from `floor(start.column)` up to, but
  /// without, `ceil(end.column)`; nothing if the line is vertical or runs to the left.
  /// - Parameters:
  ///   - image: rows x columns values in [0, 1].
  ///   - shows: which columns it is drawn in; all by default.
  static func draw(
    from start: Point, to end: Point, on image: UnsafeMutablePointer<Double>, rows: Int,
    columns: Int, where shows: (Int) -> Bool = { _ in true }
  ) {
    guard end.column > start.column else { return }
    let slope = (end.row - start.row) / (end.column - start.column)
    let first = max(0, start.column.rounded(.down))
    let last = min(Double(columns), end.column.rounded(.up))
    guard first < last else { return }
    for column in Int(first)..<Int(last) where shows(column) {
      let middle = slope * (Double(column) - start.column) + start.row
      let top = max(0, (middle - reach).rounded(.up))
      let bottom = min(Double(rows - 1), (middle + reach).rounded(.down))
      guard top <= bottom else { continue }
      for row in Int(top)...Int(bottom) {
        let nearness = 1 - abs(Double(row) - middle) / width
        // Below 1/e the brightness is negative, and the series does not reach.
        guard nearness > 0.3679 else { continue }
        let place = row * columns + column
        image[place] = min(1, image[place] + max(0, 1 + Elementary.logarithm(nearness)))
      }
    }
  }

  /// Corners of the zigzag that goes from column 2 to the third column from the right, and from
  /// `row` down by `descent`: 2 pixels to each side of the straight line, a corner every 4 pixels.
  ///
  /// The last corner is the original's, whose row looks like a slip: the last amplitude over twice
  /// the length that is left.
  static func zigzag(row: Int, descent: Int, columns: Int) -> [Point] {
    let (step, amplitude) = (2.0, 2.0)
    let start = Point(column: 2, row: Double(row))
    let run = Double(columns - 3) - start.column
    let slope = Double(descent) / run
    // Cosine and sine of arctan(slope).
    let cosine = 1 / (1 + slope * slope).squareRoot()
    let sine = slope * cosine
    let length = run / cosine
    var corners = [Point(column: 0, row: 0)]
    for corner in 0..<Int((length - step) / (2 * step)) + 1 {
      corners.append(
        Point(
          column: Double(2 * corner + 1) * step, row: corner % 2 == 0 ? amplitude : -amplitude))
    }
    let whole = 2 * step * (length / (2 * step)).rounded(.down)
    if length != whole {
      corners.append(
        Point(column: length, row: corners[corners.count - 1].row / (2 * (length - whole))))
    }
    return corners.map {
      Point(
        column: cosine * $0.column - sine * $0.row + start.column,
        row: sine * $0.column + cosine * $0.row + start.row)
    }
  }
}
