import Foundation
import TopoFoundation

/// Maps of measures of units as small multiples: a row for each network, a column for each measure.
/// Maps of one measure have one scale, which a bar below them shows.
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
  private let classNames: [String]

  /// A picture with a row for each network.
  /// - Parameter classNames: names of classes for the legend; their numbers by default.
  public init(_ rows: [Row], measures: [Measure], classNames: [String] = []) {
    precondition(rows.allSatisfy { $0.values.count == measures.count }, "a map for each measure")
    (self.rows, self.measures, self.classNames) = (rows, measures, classNames)
    frames = rows.map { UnitFrame($0.positions) }
    edge = UnitFrame.edge(frames)
    scales = measures.indices.map { index in
      UnitMapScale(
        rows.flatMap { $0.values[index].compactMap { $0 } }, unit: measures[index].unit)
    }
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

  private func width(_ text: String) -> Int { Canvas.width(of: text, size: Self.text) }

  private var nameWidth: Int { rows.map { width($0.name) }.max() ?? 0 }
  private var left: Int { Self.margin + nameWidth + Self.gap }
  private var top: Int { Self.margin + Self.textHeight + Self.gap }
  /// Distance of columns.
  private var pitch: Int {
    max(edge, (measures.map { width($0.name) } + labels.map { width($0) }).max() ?? 0)
      + Self.gap
  }
  /// The texts below the maps.
  private var labels: [String] {
    scales.compactMap(\.ends).map { "\(Self.number($0.low))  \(Self.number($0.high))" }
  }

  /// The classes that occur, which a legend names.
  private var classes: [Int] {
    let columns = scales.indices.filter { scales[$0] == .classes }
    let found = rows.flatMap { row in columns.flatMap { row.values[$0].compactMap { $0 } } }
    return Set(found.map(UnitMapScale.label)).sorted()
  }

  private func className(_ label: Int) -> String {
    label < classNames.count ? classNames[label] : "\(label)"
  }

  /// Rows of the legend, each with the classes that fit beside each other.
  private var legend: [[Int]] {
    let available = measures.count * pitch - Self.gap
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
    let legends = legend.count * (Self.textHeight + 4) + (legend.isEmpty ? 0 : Self.gap)
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
      drawBar(scale, row: line, column: left + index * pitch, on: &surface)
    }
    line += Self.bar + 4 + Self.textHeight + Self.gap
    for labels in legend {
      var column = left
      for label in labels {
        surface.fill(
          row: line + 2, column: column, height: Self.bar, width: Self.bar,
          color: Palette.color(ofClass: label))
        surface.write(
          className(label), row: line, column: column + Self.bar + 4, size: Self.text,
          color: Self.ink)
        column += Self.bar + 4 + width(className(label)) + Self.gap
      }
      line += Self.textHeight + 4
    }
  }

  private func drawBar(
    _ scale: UnitMapScale, row: Int, column: Int, on surface: inout some DrawingSurface
  ) {
    guard let (low, high) = scale.ends else { return }
    for step in 0..<edge {
      // The difference of the ends may be beyond the largest number.
      let share = Double(step) / Double(edge - 1)
      surface.fill(
        row: row, column: column + step, height: Self.bar, width: 1,
        color: scale.color(low * (1 - share) + high * share))
    }
    let (first, last) = (Self.number(low), Self.number(high))
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
    }
  }

  /// A number with three significant digits.
  static func number(_ value: Double) -> String {
    if value == value.rounded(), abs(value) < 1e6 { return "\(Int(value))" }
    var (scale, size) = (1.0, abs(value))
    while size > 0, size < 100, scale < 1e12 { (size, scale) = (size * 10, scale * 10) }
    return "\((value * scale).rounded() / scale)"
  }
}
