import Foundation
import TopoAnalysis
import TopoFoundation

/// Maps of measures of units as small multiples: a row for each network, a column for each measure.
/// Maps of one measure have one scale, which a bar below them shows. Orientations also have a line if
/// units are large enough: angles grow clockwise.
///
/// ```swift
/// let row = UnitMaps.Row(name: "ws", positions: positions, values: [norms, variances])
/// try UnitMaps(
///   [row], measures: [.init("weight-norm"), .init("activation-variance")]
/// ).write(to: URL(filePath: "maps.svg"))
/// ```
public struct UnitMaps: Sendable {
  /// A column.
  public struct Measure: Sendable, Hashable {
    /// Its name in the picture.
    public var name: String
    /// The unit of its values: `class` for numbers of classes, `degrees` for orientations, which
    /// are the same after 180; anything else for numbers.
    public var unit: String

    /// A column.
    public init(_ name: String, unit: String = "1") { (self.name, self.unit) = (name, unit) }

    /// The column of a measure of units.
    public init(_ measure: MeasureDescription) {
      // Widths of tuning curves are in degrees, too, but not all around.
      let isWidth = measure.unit == "degrees" && measure.range != "[0, 180)"
      self.init(measure.name, unit: isWidth ? "1" : measure.unit)
    }
  }

  /// A network.
  public struct Row: Sendable, Hashable {
    /// Its name in the picture.
    public var name: String
    /// Row and column, or any coordinates, of each unit. The first two are drawn.
    public var positions: [[Double]]
    /// By measure, then by unit; nil for undefined values.
    public var values: [[Double?]]

    /// A row.
    public init(name: String, positions: [[Double]], values: [[Double?]]) {
      (self.name, self.positions, self.values) = (name, positions, values)
    }
  }

  private let rows: [Row]
  private let frames: [UnitFrame]
  private let measures: [Measure]
  private let scales: [UnitMapScale]
  /// The texts below the bar of each measure; nil for classes.
  private let ends: [(low: String, high: String)?]
  private let classNames: [String]

  /// A picture with a row for each network.
  /// - Parameter classNames: names of classes for the legend; their numbers by default.
  public init(_ rows: [Row], measures: [Measure], classNames: [String] = []) {
    precondition(rows.allSatisfy { $0.values.count == measures.count }, "a map for each measure")
    (self.rows, self.measures, self.classNames) = (rows, measures, classNames)
    frames = rows.map { UnitFrame($0.positions) }
    edge = UnitFrame.edge(frames)
    let values = measures.indices.map { index in
      rows.flatMap { $0.values[index].compactMap { $0 } }
    }
    let scales = zip(values, measures).map { UnitMapScale($0, unit: $1.unit) }
    ends = zip(scales, values).map { $0.endTexts($1) }
    self.scales = scales
  }

  /// Writes the picture as SVG if the name ends in `.svg`, otherwise as PNG, completely or not at
  /// all.
  /// - Throws: `UserError` if the file cannot be written.
  public func write(to url: URL) throws {
    if url.pathExtension.lowercased() == "svg" {
      let (height, width) = size
      var surface = SVGSurface(rows: height, columns: width)
      draw(on: &surface)
      try AtomicFile.write(surface.text, to: url)
    } else {
      let canvas = drawn()
      try PNG.write(
        canvas.pixels, rows: canvas.rows, columns: canvas.columns, channels: canvas.channels,
        to: url)
    }
  }

  /// The picture in pixels.
  func drawn() -> Canvas {
    let (height, width) = size
    var canvas = Canvas(rows: height, columns: width, channels: 3)
    draw(on: &canvas)
    return canvas
  }

  // MARK: Layout, in pixels

  /// The edge of the square of each map.
  let edge: Int
  private static let margin = 16
  private static let gap = 20
  private static let text = 2
  private static let textHeight = BitmapFont.rows * text
  private static let bar = 10
  private static let ink = Color(0, 0, 0)
  private static let undefined = "undefined"
  /// Smaller units have no lines of orientations.
  private static let smallestLine = 8

  private func width(_ text: String) -> Int { Canvas.width(of: text, size: Self.text) }

  private var nameWidth: Int { rows.map { width($0.name) }.max() ?? 0 }
  private var left: Int { Self.margin + nameWidth + Self.gap }
  private var top: Int { Self.margin + Self.textHeight + Self.gap }
  /// Distance of columns.
  private var pitch: Int {
    let entries = (classes.map(className) + (hasUndefined ? [Self.undefined] : [])).map {
      Self.bar + 4 + width($0)
    }
    let texts = (measures.map(\.name) + labels).map { width($0) }
    return max(edge, (texts + entries).max() ?? 0) + Self.gap
  }
  /// The texts below the maps.
  private var labels: [String] {
    ends.compactMap { $0 }.map { "\($0.low)  \($0.high)" }
  }

  /// The classes that occur, which a legend names.
  private var classes: [Int] {
    let columns = measures.indices.filter { scales[$0] == .classes }
    let found = rows.flatMap { row in columns.flatMap { row.values[$0].compactMap { $0 } } }
    return Set(found.map(UnitMapScale.label)).sorted()
  }

  private func className(_ label: Int) -> String {
    label < classNames.count ? classNames[label] : "\(label)"
  }

  /// Whether there is a unit without a value.
  private var hasUndefined: Bool { rows.contains { $0.values.contains { $0.contains(nil) } } }

  /// The first measure whose values are classes: their legend begins below its maps.
  private var classMeasure: Int { scales.firstIndex(of: .classes) ?? 0 }

  /// Rows of the legend of classes, each with those that fit beside each other.
  private var legend: [[Int]] {
    let available = (measures.count - classMeasure) * pitch - Self.gap
    var lines: [[Int]] = []
    var used = Int.max
    for label in classes {
      let needed = Self.bar + 4 + width(className(label)) + Self.gap
      if lines.isEmpty || used + needed > max(available, needed) {
        lines.append([])
        used = 0
      }
      lines[lines.count - 1].append(label)
      used += needed
    }
    return lines
  }

  private var size: (height: Int, width: Int) {
    let maps = rows.count * (edge + Self.gap)
    let bars = Self.bar + 4 + Self.textHeight
    let lines = legend.count + (hasUndefined ? 1 : 0)
    let legends = lines * (Self.textHeight + 4) + (lines == 0 ? 0 : Self.gap)
    return (
      top + maps + bars + legends + Self.margin,
      left + measures.count * pitch - Self.gap + Self.margin
    )
  }

  func draw(on surface: inout some DrawingSurface) {
    for (index, measure) in measures.enumerated() {
      surface.write(
        measure.name, row: Self.margin, column: left + index * pitch, size: Self.text,
        color: Self.ink)
    }
    var line = top
    for (number, row) in rows.enumerated() {
      surface.write(
        row.name, row: line + (edge - Self.textHeight) / 2, column: Self.margin,
        size: Self.text, color: Self.ink)
      for index in measures.indices {
        paint(number, index, row: line, column: left + index * pitch, on: &surface)
      }
      line += edge + Self.gap
    }
    for (index, scale) in scales.enumerated() {
      drawBar(scale, ends[index], row: line, column: left + index * pitch, on: &surface)
    }
    line += Self.bar + 4 + Self.textHeight + Self.gap
    for labels in legend {
      var column = left + classMeasure * pitch
      for label in labels {
        let color = Palette.color(ofClass: label)
        column += drawEntry(className(label), color, row: line, column: column, on: &surface)
      }
      line += Self.textHeight + 4
    }
    if hasUndefined {
      _ = drawEntry(Self.undefined, Palette.undefined, row: line, column: left, on: &surface)
    }
  }

  /// - Returns: the distance to the next entry beside it.
  private func drawEntry(
    _ name: String, _ color: Color, row: Int, column: Int, on surface: inout some DrawingSurface
  ) -> Int {
    surface.fill(row: row + 2, column: column, height: Self.bar, width: Self.bar, color: color)
    surface.write(
      name, row: row, column: column + Self.bar + 4, size: Self.text, color: Self.ink)
    return Self.bar + 4 + width(name) + Self.gap
  }

  private func drawBar(
    _ scale: UnitMapScale, _ texts: (low: String, high: String)?, row: Int, column: Int,
    on surface: inout some DrawingSurface
  ) {
    guard let (low, high) = scale.ends, let (first, last) = texts else { return }
    for step in 0..<edge {
      // The difference of the ends may be beyond the largest number.
      let share = Double(step) / Double(edge - 1)
      surface.fill(
        row: row, column: column + step, height: Self.bar, width: 1,
        color: scale.color(low * (1 - share) + high * share))
    }
    if case .cyclic(let period) = scale {
      let half = Double(Self.bar) / 2
      for degrees in stride(from: 0, through: period, by: 45) {
        let share = degrees / period
        draw(
          degrees, scale, row: Double(row) + half,
          column: Double(column) + half + share * Double(edge - Self.bar), length: 8, on: &surface)
      }
    }
    surface.write(
      first, row: row + Self.bar + 4, column: column, size: Self.text, color: Self.ink)
    let right = max(column + edge - width(last), column + width(first) + Self.gap)
    surface.write(
      last, row: row + Self.bar + 4, column: right, size: Self.text, color: Self.ink)
  }

  /// Paints a square for each unit at its position.
  private func paint(
    _ index: Int, _ measure: Int, row top: Int, column left: Int,
    on surface: inout some DrawingSurface
  ) {
    let values = rows[index].values[measure]
    for (unit, cell) in frames[index].cells(edge: edge).enumerated() {
      surface.fill(
        row: top + cell.row, column: left + cell.column, height: cell.height, width: cell.width,
        color: values[unit].map { scales[measure].color($0) } ?? Palette.undefined)
      let size = min(cell.height, cell.width)
      if case .cyclic = scales[measure], size >= Self.smallestLine, let value = values[unit] {
        draw(
          value, scales[measure], row: Double(cell.height) / 2 + Double(top + cell.row),
          column: Double(cell.width) / 2 + Double(left + cell.column), length: 0.6 * Double(size),
          on: &surface)
      }
    }
  }

  /// Draws a line at an orientation: 0 degrees is horizontal, 90 vertical, and rows point down.
  private func draw(
    _ degrees: Double, _ scale: UnitMapScale, row: Double, column: Double, length: Double,
    on surface: inout some DrawingSurface
  ) {
    let angle = degrees.truncatingRemainder(dividingBy: 180) * .pi / 180
    let (down, across) = (sin(angle) * length / 2, cos(angle) * length / 2)
    surface.line(
      from: (row - down, column - across), to: (row + down, column + across),
      color: scale.color(degrees).ink)
  }

  /// A number with three significant digits.
  static func number(_ value: Double) -> String {
    if value == value.rounded(), abs(value) < 1e6 { return "\(Int(value))" }
    var (scale, size) = (1.0, abs(value))
    while size > 0, size < 100, scale < 1e12 { (size, scale) = (size * 10, scale * 10) }
    return "\((value * scale).rounded() / scale)"
  }
}
