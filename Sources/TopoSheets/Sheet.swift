/// The grid of a topographic layer's units. Unit `(row, column)` has index
/// `row * columns + column`; neighboring units are one step apart.
///
///     let sheet = Sheet(rows: 11, columns: 11)
///     let center = sheet.unit(row: 5, column: 5)                  // 60
///     let neighbors = Neighborhood().neighbors(of: center, in: sheet)  // 8 of them
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

  /// Index of the unit in a row and a column.
  public func unit(row: Int, column: Int) -> Int { row * columns + column }

  /// Row and column of the unit with an index.
  public func position(of unit: Int) -> (row: Int, column: Int) {
    (unit / columns, unit % columns)
  }

  /// Euclidean distance of two units on the grid, in steps, without wrapping at the edges.
  public func distance(_ first: Int, _ second: Int) -> Double {
    let (a, b) = (position(of: first), position(of: second))
    let (down, across) = (Double(a.row - b.row), Double(a.column - b.column))
    return (down * down + across * across).squareRoot()
  }

  /// `11 x 11`
  public var description: String { "\(rows) x \(columns)" }
}
