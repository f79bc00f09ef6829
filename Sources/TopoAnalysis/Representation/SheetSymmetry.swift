import TopoSheets

/// A symmetry of a grid: reflections of its rows and columns and, on a square, the exchange of both.
public struct SheetSymmetry: Sendable, Hashable {
  /// Whether rows and columns are exchanged, before any reflection.
  public let isTransposed: Bool
  /// Whether the first row becomes the last one.
  public let reflectsRows: Bool
  /// Whether the first column becomes the last one.
  public let reflectsColumns: Bool

  /// The symmetries of a sheet, the identity first: eight of a square, otherwise four.
  public static func all(of sheet: Sheet) -> [SheetSymmetry] {
    (sheet.rows == sheet.columns ? [false, true] : [false]).flatMap { transposed in
      [(false, false), (true, false), (false, true), (true, true)].map {
        SheetSymmetry(isTransposed: transposed, reflectsRows: $0.0, reflectsColumns: $0.1)
      }
    }
  }

  /// By unit of a moved map: the unit whose value moves there.
  public func order(on sheet: Sheet) -> [Int] {
    (0..<sheet.units).map { unit in
      var (row, column) = sheet.position(of: unit)
      if reflectsRows { row = sheet.rows - 1 - row }
      if reflectsColumns { column = sheet.columns - 1 - column }
      return isTransposed
        ? sheet.unit(row: column, column: row) : sheet.unit(row: row, column: column)
    }
  }
}
