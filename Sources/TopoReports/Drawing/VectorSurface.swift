/// A position in points from the top left.
struct Point: Sendable, Hashable {
  var x: Double
  var y: Double

  init(_ x: Double, _ y: Double) { (self.x, self.y) = (x, y) }
}

/// What a line or an area is painted with. Inks other than `color` follow the theme of a page.
struct Paint: Sendable, Hashable {
  enum Ink: Sendable, Hashable {
    case ink, faint, grid, paper
    case color(Color)
  }

  var ink: Ink
  /// In [0, 1].
  var opacity = 1.0

  static let ink = Paint(ink: .ink)
  static let faint = Paint(ink: .faint)
  static let grid = Paint(ink: .grid)
  static let paper = Paint(ink: .paper)

  static func color(_ color: Color, opacity: Double = 1) -> Paint {
    Paint(ink: .color(color), opacity: opacity)
  }

  /// The same ink, seen through.
  func faded(_ opacity: Double) -> Paint { Paint(ink: ink, opacity: opacity) }

  /// The color on white paper.
  var color: Color {
    switch ink {
    case .ink: Color(26, 26, 26)
    case .faint: Color(85, 85, 85)
    case .grid: Color(221, 221, 221)
    case .paper: Color(255, 255, 255)
    case .color(let color): color
    }
  }
}

/// How a line is drawn.
struct Stroke: Sendable, Hashable {
  var paint: Paint
  /// In points.
  var width = 1.0
  /// Lengths of dashes and gaps in points; none for a solid line.
  var dashes: [Double] = []
}

/// How a line of text is set.
struct Lettering: Sendable, Hashable {
  enum Anchor: Sendable, Hashable {
    case start, middle, end
  }

  /// Height in points.
  var size = 10.0
  var anchor = Anchor.start
  var isBold = false
  /// Whether it reads from the bottom to the top.
  var isUpright = false
  var paint = Paint.ink
}

/// What figures are drawn on: SVG or PDF. Unlike `DrawingSurface` it has areas, dashes, opacity and
/// text that is anchored.
protocol VectorSurface {
  /// Fills the area within corners.
  mutating func fill(_ corners: [Point], _ paint: Paint)

  /// Draws lines between points.
  mutating func line(_ points: [Point], _ stroke: Stroke)

  /// Fills circles.
  mutating func dots(_ centers: [Point], radius: Double, _ paint: Paint)

  /// Writes a line of text whose baseline begins, has its middle or ends at a position.
  mutating func write(_ text: String, at position: Point, _ lettering: Lettering)
}

extension VectorSurface {
  /// Fills a rectangle.
  mutating func fill(x: Double, y: Double, width: Double, height: Double, _ paint: Paint) {
    fill(
      [Point(x, y), Point(x + width, y), Point(x + width, y + height), Point(x, y + height)], paint)
  }
}
