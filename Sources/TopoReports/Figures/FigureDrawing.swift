/// Draws figures: panels in rows under their title, with a legend below.
enum FigureDrawing {
  /// Size of a panel in points.
  static func size(of panel: Panel) -> Point {
    if case .matrix(let values) = panel.content {
      let side = max(Double(values.count) * 15, 120)
      let margin = PanelDrawing.matrixMargin(panel)
      return Point(side + margin + 74, side + margin + 42)
    }
    if case .sheet(let cells) = panel.content {
      let (rows, columns) = (cells.count, cells.map(\.count).max() ?? 1)
      return Point(
        max(PanelDrawing.cell(cells) * Double(columns) + 14, 116),
        PanelDrawing.cell(cells) * Double(rows) + 44)
    }
    return Point(290, 210)
  }

  private static let margin = 12.0
  private static let header = 30.0
  private static let legendLine = 16.0

  /// The size of the whole figure in points.
  static func size(of figure: Figure) -> Point {
    let panel = largest(figure)
    let rows = Double((figure.panels.count + figure.columns - 1) / figure.columns)
    let width = panel.x * Double(figure.columns) + 2 * margin
    let lines = Double(legendRows(figure, width: width - 2 * margin).count)
    return Point(width, header + panel.y * rows + lines * legendLine + margin)
  }

  /// Draws the whole figure.
  static func draw(_ figure: Figure, on surface: inout some VectorSurface) {
    let (size, panel) = (size(of: figure), largest(figure))
    surface.write(
      figure.title, at: Point(margin, 19), Lettering(size: 13, isBold: true))
    for (index, drawn) in figure.panels.enumerated() {
      let corner = Point(
        margin + Double(index % figure.columns) * panel.x,
        header + Double(index / figure.columns) * panel.y)
      PanelDrawing(drawn, corner: corner, size: Self.size(of: drawn)).draw(on: &surface)
    }
    let rows = legendRows(figure, width: size.x - 2 * margin)
    for (line, row) in rows.enumerated() {
      var x = margin
      let y = size.y - margin - Double(rows.count - 1 - line) * legendLine
      for entry in row {
        sample(entry.style, at: Point(x, y - 3.5), on: &surface)
        surface.write(entry.name, at: Point(x + 30, y), Lettering(size: 10))
        x += width(of: entry.name)
      }
    }
  }

  /// A piece of a line with the mark of a series, 24 points wide.
  static func sample(
    _ style: SeriesStyle, at start: Point, on surface: inout some VectorSurface
  ) {
    let paint = Paint(ink: style.color)
    guard !style.isArea else {
      surface.fill(x: start.x + 6, y: start.y - 6, width: 12, height: 12, paint)
      return
    }
    surface.line(
      [start, Point(start.x + 24, start.y)],
      Stroke(paint: paint, width: 1.6, dashes: style.dashes))
    if style != .reference {
      Marker.draw(style, at: Point(start.x + 12, start.y), radius: 3.6, on: &surface)
    }
  }

  /// The extents that all panels of a figure have room in.
  static func largest(_ figure: Figure) -> Point {
    let sizes = figure.panels.map(size(of:))
    return Point(sizes.map(\.x).max() ?? 0, sizes.map(\.y).max() ?? 0)
  }

  private static func width(of name: String) -> Double {
    30 + LetterWidths.width(of: name, size: 10) + 18
  }

  /// Names of the legend, by row, as many as fit beside each other.
  private static func legendRows(
    _ figure: Figure, width limit: Double
  ) -> [[(name: String, style: SeriesStyle)]] {
    var rows: [[(name: String, style: SeriesStyle)]] = []
    var used = Double.infinity
    for entry in figure.legend {
      let width = width(of: entry.name)
      if used + width > limit {
        rows.append([])
        used = 0
      }
      rows[rows.count - 1].append(entry)
      used += width
    }
    return rows
  }
}

/// The mark of a mean.
enum Marker {
  /// Draws it around a position.
  static func draw(
    _ style: SeriesStyle, at center: Point, radius: Double, on surface: inout some VectorSurface
  ) {
    let paint = Paint(ink: style.color)
    func corners(_ offsets: [(Double, Double)]) -> [Point] {
      offsets.map { Point(center.x + $0.0 * radius, center.y + $0.1 * radius) }
    }
    switch style.shape {
    case .circle: surface.dots([center], radius: radius, paint)
    case .square:
      surface.fill(corners([(-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)]), paint)
    case .triangle: surface.fill(corners([(0, -1.2), (1.15, 0.85), (-1.15, 0.85)]), paint)
    case .inverted: surface.fill(corners([(0, 1.2), (1.15, -0.85), (-1.15, -0.85)]), paint)
    case .diamond: surface.fill(corners([(0, -1.3), (1.1, 0), (0, 1.3), (-1.1, 0)]), paint)
    case .cross:
      let stroke = Stroke(paint: paint, width: 1.6)
      surface.line(corners([(-0.9, -0.9), (0.9, 0.9)]), stroke)
      surface.line(corners([(-0.9, 0.9), (0.9, -0.9)]), stroke)
    }
  }
}
