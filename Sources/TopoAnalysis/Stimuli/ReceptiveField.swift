import TopoFoundation

/// Where in an image a unit is sensitive, from a map of its sensitivity: mean over images of the
/// gradient's magnitude, summed over channels.
///
/// ```swift
/// let field = ReceptiveField(map, rows: 28, columns: 28)
/// field.area       // pixels
/// field.center     // (row, column)
/// ```
public struct ReceptiveField: Sendable, Hashable {
  /// `(sum G)^2 / sum G^2`, in pixels: 1 for one pixel, all for a uniform map; undefined if all of
  /// `G` is 0 or not finite.
  public let area: MeasuredValue
  /// Row of the center of mass; undefined like `area`.
  public let row: MeasuredValue
  /// Column of the center of mass; undefined like `area`.
  public let column: MeasuredValue

  /// The receptive field of a unit.
  /// - Parameter map: dense `[row, column]`; no value is negative.
  public init(_ map: [Double], rows: Int, columns: Int) {
    precondition(map.count == rows * columns, "a value per pixel")
    guard map.allSatisfy(\.isFinite) else {
      let none = MeasuredValue.undefined("sensitivity is not finite")
      (area, row, column) = (none, none, none)
      return
    }
    precondition(map.allSatisfy { $0 >= 0 }, "sensitivity is not negative")
    // Relative to the largest value: squares of small gradients would vanish.
    guard let largest = map.max(), largest > 0 else {
      let none = MeasuredValue.undefined("unit is not sensitive to any pixel")
      (area, row, column) = (none, none, none)
      return
    }
    var (sum, squares, down, across) = (0.0, 0.0, 0.0, 0.0)
    for (pixel, value) in map.enumerated() {
      let share = value / largest
      sum += share
      squares += share * share
      down += share * Double(pixel / columns)
      across += share * Double(pixel % columns)
    }
    area = MeasuredValue(sum * sum / squares)
    (row, column) = (MeasuredValue(down / sum), MeasuredValue(across / sum))
  }

  /// All measures of units with their summaries.
  /// - Parameter fields: by unit.
  public static func result(_ fields: [ReceptiveField]) -> AnalysisResult {
    var result = AnalysisResult()
    for (measure, values) in zip(
      unitMeasures, [fields.map(\.area), fields.map(\.row), fields.map(\.column)])
    {
      measure.add(values, to: &result)
    }
    return result
  }

  /// Descriptions of the measures of `result`.
  public static let measures = unitMeasures.flatMap(\.descriptions)

  private static let unitMeasures: [SummarizedMeasure] = {
    let none = "the unit is not sensitive to any pixel, or not finitely"
    return [
      .units(
        "receptive-field-area",
        "(sum G)^2 / sum G^2 of the sensitivity G to pixels, the mean over images of |dz / dx| "
          + "summed over channels",
        unit: "pixels", range: "[1, rows * columns]", undefined: none),
      .units(
        "receptive-field-row", "row of the center of mass of G", unit: "pixels",
        range: "[0, rows - 1]", undefined: none),
      .units(
        "receptive-field-column", "column of the center of mass of G", unit: "pixels",
        range: "[0, columns - 1]", undefined: none),
    ]
  }()
}
