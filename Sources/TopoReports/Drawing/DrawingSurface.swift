/// What figures are drawn on: pixels or SVG. Coordinates are pixels from the top left.
protocol DrawingSurface {
  /// Paints a rectangle.
  mutating func fill(row: Int, column: Int, height: Int, width: Int, color: Color)

  /// Writes a line of text whose top left corner is at a position.
  mutating func write(_ text: String, row: Int, column: Int, size: Int, color: Color)
}

extension Canvas: DrawingSurface {
  mutating func write(_ text: String, row: Int, column: Int, size: Int, color: Color) {
    write(text, row: row, column: column, size: size, shade: color.red)
  }
}
