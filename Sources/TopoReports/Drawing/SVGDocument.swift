/// A figure as SVG, with text that can be searched and edited.
struct SVGDocument: VectorSurface {
  private let size: Point
  private let isThemed: Bool
  private var elements: [String] = []

  /// An empty document.
  /// - Parameters:
  ///   - isThemed: whether its inks are those of the page that it is part of (`--ink`, `--faint`,
  ///     `--grid`, `--paper`); otherwise it is on white paper.
  init(width: Double, height: Double, isThemed: Bool = false) {
    size = Point(width, height)
    self.isThemed = isThemed
  }

  mutating func fill(_ corners: [Point], _ paint: Paint) {
    elements.append("<path d=\"\(Self.path(corners))z\"\(attributes("fill", paint))/>")
  }

  mutating func line(_ points: [Point], _ stroke: Stroke) {
    guard points.count > 1 else { return }
    let dashes =
      stroke.dashes.isEmpty
      ? "" : " stroke-dasharray=\"\(stroke.dashes.map(Self.text).joined(separator: " "))\""
    elements.append(
      "<path d=\"\(Self.path(points))\" fill=\"none\"\(attributes("stroke", stroke.paint)) "
        + "stroke-width=\"\(Self.text(stroke.width))\" stroke-linejoin=\"round\"\(dashes)/>")
  }

  mutating func dots(_ centers: [Point], radius: Double, _ paint: Paint) {
    guard !centers.isEmpty else { return }
    // Lines without length that have round ends: one element for all circles.
    let path = centers.map { "M\(Self.text($0.x)) \(Self.text($0.y))h0" }.joined()
    elements.append(
      "<path d=\"\(path)\" fill=\"none\"\(attributes("stroke", paint)) "
        + "stroke-width=\"\(Self.text(2 * radius))\" stroke-linecap=\"round\"/>")
  }

  mutating func write(_ text: String, at position: Point, _ lettering: Lettering) {
    let (x, y) = (Self.text(position.x), Self.text(position.y))
    var parts = ["<text x=\"\(x)\" y=\"\(y)\" font-size=\"\(Self.text(lettering.size))\""]
    switch lettering.anchor {
    case .start: break
    case .middle: parts.append("text-anchor=\"middle\"")
    case .end: parts.append("text-anchor=\"end\"")
    }
    if lettering.isBold { parts.append("font-weight=\"bold\"") }
    if lettering.isUpright { parts.append("transform=\"rotate(-90 \(x) \(y))\"") }
    elements.append(
      parts.joined(separator: " ") + "\(attributes("fill", lettering.paint))>"
        + "\(MarkupText.escaped(text))</text>")
  }

  /// The document.
  /// - Parameter title: what the picture shows, for readers of screens.
  func text(title: String) -> String {
    let (width, height) = (Self.text(size.x), Self.text(size.y))
    return "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"\(width)\" height=\"\(height)\" "
      + "viewBox=\"0 0 \(width) \(height)\" role=\"img\" "
      + "font-family=\"Helvetica, Arial, sans-serif\">\n"
      + "<title>\(MarkupText.escaped(title))</title>\n"
      + (isThemed ? "" : "<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n")
      + elements.joined(separator: "\n") + "\n</svg>\n"
  }

  private func attributes(_ name: String, _ paint: Paint) -> String {
    let opacity =
      paint.opacity < 1 ? " \(name)-opacity=\"\(Self.text(paint.opacity))\"" : ""
    return " \(name)=\"\(color(paint))\"" + opacity
  }

  private func color(_ paint: Paint) -> String {
    guard isThemed else { return paint.color.hexadecimal }
    return switch paint.ink {
    case .ink: "var(--ink)"
    case .faint: "var(--faint)"
    case .grid: "var(--grid)"
    case .paper: "var(--paper)"
    case .color(let color): color.hexadecimal
    }
  }

  private static func path(_ points: [Point]) -> String {
    "M" + points.map { "\(text($0.x)) \(text($0.y))" }.joined(separator: "L")
  }

  /// A number with two decimals at most.
  private static func text(_ value: Double) -> String {
    let rounded = (value * 100).rounded() / 100
    return rounded == rounded.rounded() ? "\(Int(rounded))" : "\(rounded)"
  }
}
