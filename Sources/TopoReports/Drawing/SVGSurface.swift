/// A picture as SVG: scalable, with text that can be searched and edited.
struct SVGSurface: DrawingSurface {
  private let rows: Int
  private let columns: Int
  private var elements: [String] = []

  init(rows: Int, columns: Int) { (self.rows, self.columns) = (rows, columns) }

  mutating func fill(row: Int, column: Int, height: Int, width: Int, color: Color) {
    elements.append(
      "<rect x=\"\(column)\" y=\"\(row)\" width=\"\(width)\" height=\"\(height)\" "
        + "fill=\"\(color.hexadecimal)\"/>")
  }

  mutating func line(
    from start: (row: Double, column: Double), to end: (row: Double, column: Double), color: Color
  ) {
    func text(_ value: Double) -> String { "\((value * 100).rounded() / 100)" }
    elements.append(
      "<line x1=\"\(text(start.column))\" y1=\"\(text(start.row))\" x2=\"\(text(end.column))\" "
        + "y2=\"\(text(end.row))\" stroke=\"\(color.hexadecimal)\" stroke-width=\"2\" "
        + "shape-rendering=\"auto\"/>")
  }

  mutating func write(_ text: String, row: Int, column: Int, size: Int, color: Color) {
    // As wide and as high as the bitmap font's line, so that both pictures have one layout.
    let width = Canvas.width(of: text, size: size)
    // The last two rows of a glyph are for descenders.
    let baseline = row + (BitmapFont.rows - 2) * size
    elements.append(
      "<text x=\"\(column)\" y=\"\(baseline)\" font-size=\"\(9 * size)\" textLength=\"\(width)\" "
        + "lengthAdjust=\"spacingAndGlyphs\" fill=\"\(color.hexadecimal)\">\(Self.escaped(text))"
        + "</text>")
  }

  /// The document.
  var text: String {
    "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"\(columns)\" height=\"\(rows)\" "
      + "viewBox=\"0 0 \(columns) \(rows)\" font-family=\"Helvetica, Arial, sans-serif\" "
      + "shape-rendering=\"crispEdges\">\n"
      + "<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n"
      + elements.joined(separator: "\n") + "\n</svg>\n"
  }

  private static func escaped(_ text: String) -> String {
    text.reduce(into: "") { result, character in
      switch character {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      default: result.append(character)
      }
    }
  }
}

extension Color {
  /// `#rrggbb`
  var hexadecimal: String {
    "#"
      + [red, green, blue].map { part in
        let text = String(part, radix: 16)
        return text.count == 1 ? "0" + text : text
      }.joined()
  }
}
