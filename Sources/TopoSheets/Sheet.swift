/// The grid on which the units of a topographic layer lie. Unit `(row, column)` has index
/// `row * columns + column`; neighbouring units are one apart.
public struct Sheet: Sendable, Hashable, Codable, CustomStringConvertible {
  /// Units from top to bottom.
  public var rows: Int
  /// Units from left to right.
  public var columns: Int

  /// A sheet of `rows` x `columns` units.
  public init(rows: Int, columns: Int) {
    self.rows = rows
    self.columns = columns
  }

  /// Number of units.
  public var units: Int { rows * columns }

  /// Index of the unit at a place.
  public func unit(row: Int, column: Int) -> Int { row * columns + column }

  /// Place of the unit with an index.
  public func position(of unit: Int) -> (row: Int, column: Int) {
    (unit / columns, unit % columns)
  }

  /// Euclidean distance of two units on the grid, in steps; never around the edge.
  public func distance(_ first: Int, _ second: Int) -> Double {
    let (a, b) = (position(of: first), position(of: second))
    let (down, across) = (Double(a.row - b.row), Double(a.column - b.column))
    return (down * down + across * across).squareRoot()
  }

  /// `11 x 11`
  public var description: String { "\(rows) x \(columns)" }
}
