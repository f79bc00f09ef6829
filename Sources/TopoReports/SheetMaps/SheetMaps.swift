import Foundation
import TopoEvaluation
import TopoFoundation
import TopoSheets

/// A picture of the sheets of some networks, one row for each. The first map has the preferred
/// class of each unit, in the colors of the heading. A map for each class follows: units that
/// respond more to the class than to the others are red, and units that respond less are blue.
///
/// ```swift
/// let means = ClassMeans(sheet: outputs.sheet[0], labels: set.labels, classes: set.classes)
/// let row = SheetMaps.Row(name: "ws", sheet: architecture.sheet, means: means)
/// try SheetMaps([row], classNames: classNames).write(to: url)
/// ```
public struct SheetMaps: Sendable {
  /// One network.
  public struct Row: Sendable {
    /// The name of the network in the picture.
    public var name: String
    /// The sheet of the network.
    public var sheet: Sheet
    /// Mean activations of the units, by class.
    public var means: ClassMeans

    /// A row.
    public init(name: String, sheet: Sheet, means: ClassMeans) {
      (self.name, self.sheet, self.means) = (name, sheet, means)
    }
  }

  private let rows: [Row]
  private let classNames: [String]

  /// A picture with a row for each network.
  /// - Parameter classNames: a name for each class of the means.
  public init(_ rows: [Row], classNames: [String]) {
    (self.rows, self.classNames) = (rows, classNames)
  }

  /// Writes the picture as a PNG file, completely or not at all.
  /// - Throws: `UserError` if the file cannot be written.
  public func write(to url: URL) throws {
    let canvas = drawn()
    try PNG.write(
      canvas.pixels, rows: canvas.rows, columns: canvas.columns, channels: canvas.channels, to: url)
  }

  // MARK: Layout, in pixels

  /// Longer edge of a map.
  private static let edge = 110
  private static let margin = 16
  private static let gap = 10
  private static let text = 2
  private static let textHeight = BitmapFont.rows * text
  private static let preferred = "preferred"

  /// The picture.
  func drawn() -> Canvas {
    let titles = [Self.preferred] + classNames
    let nameWidth = rows.map { Canvas.width(of: $0.name, size: Self.text) }.max() ?? 0
    let widest = titles.map { Canvas.width(of: $0, size: Self.text) }.max() ?? 0
    let pitch = max(Self.edge, Self.swatch + Self.swatchGap + widest) + Self.gap
    let left = Self.margin + nameWidth + Self.gap
    let top = Self.margin + Self.textHeight + Self.gap
    let extents = rows.map { Self.size(of: $0.sheet) }
    let height = extents.reduce(top) { $0 + $1.height + Self.gap } - Self.gap + Self.margin
    var canvas = Canvas(
      rows: height, columns: left + titles.count * pitch - Self.gap + Self.margin, channels: 3)
    for (index, title) in titles.enumerated() {
      let column = left + index * pitch
      if index > 0 {
        canvas.fill(
          row: Self.margin, column: column, height: Self.textHeight - Self.text,
          width: Self.swatch, color: Palette.color(ofClass: index - 1))
      }
      canvas.write(
        title, row: Self.margin, column: column + (index > 0 ? Self.swatch + Self.swatchGap : 0),
        size: Self.text)
    }
    var row = top
    for (network, extent) in zip(rows, extents) {
      canvas.write(
        network.name, row: row + (extent.height - Self.textHeight) / 2, column: Self.margin,
        size: Self.text)
      for (index, colors) in Self.colors(network).enumerated() {
        Self.paint(colors, network.sheet, row: row, column: left + index * pitch, on: &canvas)
      }
      row += extent.height + Self.gap
    }
    return canvas
  }

  /// The color of a class before its name.
  private static let swatch = 10
  private static let swatchGap = 4

  private static func cell(_ sheet: Sheet) -> Int { max(1, edge / max(sheet.rows, sheet.columns)) }

  private static func size(of sheet: Sheet) -> (height: Int, width: Int) {
    (sheet.rows * cell(sheet), sheet.columns * cell(sheet))
  }

  /// Colors of the units: those of the preferred class, then those for each class; nil for a class
  /// without images.
  private static func colors(_ row: Row) -> [[Color]?] {
    let tuning = row.means.tuning
    let sizes = tuning.compactMap { $0 }.flatMap { $0 }.map(abs).sorted()
    // The 98th percentile instead of the maximum, because a few extreme units would make all others
    // pale.
    let scale = sizes.isEmpty ? 1 : max(sizes[Int(0.98 * Double(sizes.count - 1))], 1e-30)
    return [row.means.preferred.map { $0.map(Palette.color) }]
      + tuning.map { $0.map { $0.map { Palette.diverging($0 / scale) } } }
  }

  private static func paint(
    _ colors: [Color]?, _ sheet: Sheet, row: Int, column: Int, on canvas: inout Canvas
  ) {
    let cell = cell(sheet)
    guard let colors else { return }
    for (unit, color) in colors.enumerated() {
      canvas.fill(
        row: row + unit / sheet.columns * cell, column: column + unit % sheet.columns * cell,
        height: cell, width: cell, color: color)
    }
  }
}
