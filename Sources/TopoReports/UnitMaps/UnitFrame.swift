import TopoAnalysis

/// Where the units of a network are drawn in a square.
struct UnitFrame {
  /// A rectangle, in pixels from the top left corner of the square.
  struct Cell: Hashable {
    var row: Int
    var column: Int
    var height: Int
    var width: Int
  }

  /// Rows and columns of units, from 0, in steps between units that are next to each other.
  private let places: [(row: Double, column: Double)]
  /// The extent of the longer side, in steps.
  let extent: Double

  private static let smallestEdge = 132
  private static let largestEdge = 264

  /// The frame of units at positions, of which the first two coordinates are used.
  init(_ positions: [[Double]]) {
    let step = UnitSpacing.onPlane(positions)
    let (rows, height) = Self.steps(positions.map { $0.first ?? 0 }, step)
    let (columns, width) = Self.steps(positions.map { $0.count > 1 ? $0[1] : 0 }, step)
    places = zip(rows, columns).map { ($0, $1) }
    extent = max(height, width) + 1
  }

  private static func steps(_ values: [Double], _ step: Double) -> ([Double], largest: Double) {
    // The difference of two large numbers may be infinite, and not a number after a division.
    let low = values.min() ?? 0
    let steps = values.map { value in
      let steps = value / step - low / step
      return steps >= 0 ? min(steps, 1e12) : 0
    }
    return (steps, steps.max() ?? 0)
  }

  /// The edge of a square in which the units of all frames have two pixels, within limits.
  static func edge(_ frames: [UnitFrame]) -> Int {
    let wanted = 2 * (frames.map(\.extent).max() ?? 0)
    // A step that is not exact must not cost a pixel.
    let pixels = (wanted - 1e-6).rounded(.up)
    return Int(min(max(pixels, Double(smallestEdge)), Double(largestEdge)))
  }

  /// A cell for each unit. Cells of a grid touch each other but do not overlap, except if there are
  /// more than a pixel can show. No cell leaves the square.
  func cells(edge: Int) -> [Cell] {
    let scale = Double(edge) / extent
    func span(_ place: Double) -> (start: Int, length: Int) {
      // Positions that are whole steps may miss their pixel by a rounding error.
      let start = min(Int(place * scale + 1e-6), edge - 1)
      let end = min(Int((place + 1) * scale + 1e-6), edge)
      return (start, max(end - start, 1))
    }
    return places.map { place in
      let (row, height) = span(place.row)
      let (column, width) = span(place.column)
      return Cell(row: row, column: column, height: height, width: width)
    }
  }
}
