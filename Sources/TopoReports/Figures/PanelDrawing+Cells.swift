/// Panels of colored cells: matrices of pairs, and sheets of units.
extension PanelDrawing {
  // MARK: Matrices

  /// Space for the names of rows and columns in points.
  static func matrixMargin(_ panel: Panel) -> Double {
    guard case .categories(let names) = panel.x.kind else { return 0 }
    return (names.map { LetterWidths.width(of: $0, size: 8.5) }.max() ?? 0) * 1.25 + 10
  }

  func matrix(_ values: [[Double?]], on surface: inout some VectorSurface) {
    guard case .categories(let names) = panel.x.kind else { return }
    let defined = values.flatMap { $0.compactMap { $0 } }
    guard let least = defined.min(), let most = defined.max() else { return }
    let (low, high) = (min(least, 0), max(most, 1e-9))
    let margin = Self.matrixMargin(panel)
    let (left, top) = (corner.x + margin, corner.y + 24)
    let cell = max(120 / Double(values.count), 15)
    let side = cell * Double(values.count)
    func color(_ value: Double) -> Color { Palette.sequential((value - low) / (high - low)) }
    for (row, line) in values.enumerated() {
      for (column, value) in line.enumerated() {
        surface.fill(
          x: left + Double(column) * cell, y: top + Double(row) * cell, width: cell + 0.3,
          height: cell + 0.3, value.map { .color(color($0)) } ?? .color(Palette.undefined))
      }
    }
    for (index, name) in names.enumerated() {
      let middle = (Double(index) + 0.5) * cell
      surface.write(
        name, at: Point(left - 4, top + middle + 3),
        Lettering(size: 8.5, anchor: .end))
      surface.write(
        name, at: Point(left + middle + 3, top + side + 4),
        Lettering(size: 8.5, anchor: .end, isUpright: true))
    }
    // The scale of colors.
    let bar = left + side + 10
    for step in 0..<40 {
      let height = side / 40
      surface.fill(
        x: bar, y: top + side - Double(step + 1) * height, width: 8, height: height + 0.3,
        .color(Palette.sequential((Double(step) + 0.5) / 40)))
    }
    for tick in Scale.linear(low, high).ticks where tick.value >= low && tick.value <= high {
      let height = top + side - (tick.value - low) / (high - low) * side
      surface.write(
        tick.text, at: Point(bar + 11, height + 3), Lettering(size: 8.5, paint: .faint))
    }
    surface.write(
      panel.y.label, at: Point(bar + 46, top + side / 2),
      Lettering(size: 9, anchor: .middle, isUpright: true))
  }

  // MARK: Sheets

  /// The edge of a unit in points.
  static func cell(_ cells: [[Panel.Cell?]]) -> Double {
    max(100 / Double(max(cells.count, cells.map(\.count).max() ?? 1, 1)), 1)
  }

  func sheet(_ cells: [[Panel.Cell?]], on surface: inout some VectorSurface) {
    let edge = Self.cell(cells)
    let (left, top) = (corner.x + 7, corner.y + 22)
    for (row, line) in cells.enumerated() {
      // Equal neighbors are one area.
      var column = 0
      while column < line.count {
        let color = line[column]?.color ?? Palette.undefined
        let end =
          line[column...].firstIndex { ($0?.color ?? Palette.undefined) != color } ?? line.count
        surface.fill(
          x: left + Double(column) * edge, y: top + Double(row) * edge,
          width: Double(end - column) * edge + 0.2, height: edge + 0.2, .color(color))
        column = end
      }
    }
    surface.write(
      panel.x.label, at: Point(left, top + Double(cells.count) * edge + 12),
      Lettering(size: 8.5, paint: .faint))
  }
}
