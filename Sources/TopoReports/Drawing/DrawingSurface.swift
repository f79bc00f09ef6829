/// What figures are drawn on: pixels or SVG. Coordinates are pixels from the top left.
protocol DrawingSurface {
  /// Paints a rectangle.
  mutating func fill(row: Int, column: Int, height: Int, width: Int, color: Color)

  /// Draws a straight line, two pixels wide.
  mutating func line(
    from start: (row: Double, column: Double), to end: (row: Double, column: Double), color: Color)

  /// Writes a line of text whose top left corner is at a position.
  mutating func write(_ text: String, row: Int, column: Int, size: Int, color: Color)
}

extension Canvas: DrawingSurface {
  mutating func line(
    from start: (row: Double, column: Double), to end: (row: Double, column: Double), color: Color
  ) {
    let (height, width) = (end.row - start.row, end.column - start.column)
    let steps = max(Int(max(abs(height), abs(width)).rounded(.up)), 1)
    for step in 0...steps {
      let share = Double(step) / Double(steps)
      let row = Int((start.row + share * height - 1).rounded())
      let column = Int((start.column + share * width - 1).rounded())
      fill(row: row, column: column, height: 2, width: 2, color: color)
    }
  }

  mutating func write(_ text: String, row: Int, column: Int, size: Int, color: Color) {
    write(text, row: row, column: column, size: size, shade: color.red)
  }
}
