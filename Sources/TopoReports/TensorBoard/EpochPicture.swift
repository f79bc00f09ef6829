import TopoFoundation
import TopoSheets
import TopoTraining

/// A map of a sheet with a legend below, for an event file.
struct EpochPicture {
  let canvas: Canvas

  /// Units are squares of this many pixels, fewer for large sheets.
  private static func cell(_ sheet: Sheet) -> Int {
    max(4, 220 / max(sheet.rows, sheet.columns))
  }
  private static let text = 2
  private static let gap = 6
  private static let legend = BitmapFont.rows * text

  /// The preferred class of each unit; nil if there is none. The legend has a square for each class.
  static func preferredClass(_ maps: EpochMaps) -> EpochPicture? {
    guard let preferred = maps.preferredClass else { return nil }
    var canvas = canvas(maps.sheet, preferred.map(Palette.color(ofClass:)))
    let top = canvas.rows - legend
    // Numbers of two digits do not fit below a map.
    guard maps.classes <= 10 else { return EpochPicture(canvas: canvas) }
    let pitch = canvas.columns / max(maps.classes, 1)
    for label in 0..<maps.classes {
      let color = Palette.color(ofClass: label)
      canvas.fill(
        row: top - 3, column: label * pitch, height: legend + 3, width: pitch, color: color)
      let width = Canvas.width(of: "\(label)", size: text)
      canvas.write(
        "\(label)", row: top, column: label * pitch + (pitch - width) / 2, size: text,
        shade: color.ink.red)
    }
    return EpochPicture(canvas: canvas)
  }

  /// The mean activity of each unit. The legend has the least and the greatest.
  static func meanActivity(_ maps: EpochMaps) -> EpochPicture {
    let (least, most) = (maps.meanActivity.min() ?? 0, maps.meanActivity.max() ?? 0)
    let range = max(most - least, 1e-30)
    var canvas = canvas(
      maps.sheet, maps.meanActivity.map { Palette.sequential(($0 - least) / range) })
    let top = canvas.rows - legend
    let (low, high) = (number(least), number(most))
    let lengths = [low, high].map { Canvas.width(of: $0, size: text) }
    canvas.write(low, row: top, column: 0, size: text)
    canvas.write(high, row: top, column: canvas.columns - lengths[1], size: text)
    // The colors between the two numbers.
    let (start, end) = (lengths[0] + gap, canvas.columns - lengths[1] - gap)
    if start < end {
      for column in start..<end {
        let share = Double(column - start) / Double(max(end - start - 1, 1))
        canvas.fill(
          row: top, column: column, height: legend - text, width: 1,
          color: Palette.sequential(share))
      }
    }
    return EpochPicture(canvas: canvas)
  }

  /// The picture as a PNG file.
  /// - Throws: `UserError` for extents that PNG does not hold.
  func value() throws -> EventFile.Value {
    .image(
      try PNG.data(
        canvas.pixels, rows: canvas.rows, columns: canvas.columns, channels: canvas.channels),
      rows: canvas.rows, columns: canvas.columns)
  }

  /// A map on a canvas with room for a legend.
  private static func canvas(_ sheet: Sheet, _ colors: [Color]) -> Canvas {
    let cell = cell(sheet)
    var canvas = Canvas(
      rows: sheet.rows * cell + gap + legend, columns: max(sheet.columns * cell, 120), channels: 3)
    for (unit, color) in colors.enumerated() {
      canvas.fill(
        row: unit / sheet.columns * cell, column: unit % sheet.columns * cell, height: cell,
        width: cell, color: color)
    }
    return canvas
  }

  /// A number with three significant digits at least where it is below 1.
  private static func number(_ value: Double) -> String {
    let digits = abs(value) >= 100 ? 0 : abs(value) >= 1 ? 2 : 3
    let scale = (0..<digits).reduce(1.0) { product, _ in product * 10 }
    let whole = Int((min(abs(value), 1e15) * scale).rounded())
    let (integer, fraction) = whole.quotientAndRemainder(dividingBy: Int(scale))
    let sign = value < 0 && whole > 0 ? "-" : ""
    guard digits > 0 else { return "\(sign)\(integer)" }
    let text = String(fraction)
    return "\(sign)\(integer)." + String(repeating: "0", count: digits - text.count) + text
  }
}
