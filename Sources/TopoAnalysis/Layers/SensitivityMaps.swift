/// How strongly each unit responds to changes of each pixel.
///
/// `G_u(row, column)` is the mean over images of `|dz_u / dx|`, summed over channels, with `z`
/// before the nonlinearity and pixels `x` in [0, 1].
public struct SensitivityMaps: Sendable, Hashable {
  /// Number of units.
  public let units: Int
  /// Rows of an image.
  public let rows: Int
  /// Columns of an image.
  public let columns: Int
  /// Dense `[unit, row, column]`; none is negative.
  public let values: [Double]

  /// Maps, dense `[unit, row, column]`.
  public init(_ values: [Double], rows: Int, columns: Int) {
    precondition(
      rows > 0 && columns > 0 && values.count.isMultiple(of: rows * columns),
      "one map of all pixels per unit")
    (self.values, self.rows, self.columns) = (values, rows, columns)
    units = values.count / (rows * columns)
  }

  /// The map of a unit, dense `[row, column]`.
  public func map(of unit: Int) -> [Double] {
    Array(values[unit * rows * columns..<(unit + 1) * rows * columns])
  }
}
