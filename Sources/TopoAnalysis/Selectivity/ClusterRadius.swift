import TopoFoundation
import TopoSheets

/// How far around a unit one must look to find every preferred class: the smallest `r >= 1` for which
/// the square of `2 r + 1` units around it, cut off at the border of the sheet, has a unit for each
/// class that any unit prefers.
///
/// It is after All-TNN (Lu et al. 2023), whose sheets wrap around. Undefined if no `r` below half of
/// the sheet's smaller side is enough.
public struct ClusterRadius: Sendable, Hashable {
  /// By unit.
  public let values: [MeasuredValue]

  /// The radii of all units of a sheet.
  /// - Parameter preferred: by unit; nil for units without a preferred class.
  public init(preferred: [Int?], sheet: Sheet) {
    precondition(preferred.count == sheet.units, "a class per unit")
    let all = Set(preferred.compactMap { $0 })
    let limit = (min(sheet.rows, sheet.columns) + 1) / 2
    values = preferred.indices.map { unit in
      guard !all.isEmpty else { return .undefined("no unit prefers a class") }
      let (row, column) = sheet.position(of: unit)
      for radius in 1..<max(limit, 1) {
        var found: Set<Int> = []
        for r in max(row - radius, 0)...min(row + radius, sheet.rows - 1) {
          for c in max(column - radius, 0)...min(column + radius, sheet.columns - 1) {
            if let label = preferred[sheet.unit(row: r, column: c)] { found.insert(label) }
          }
        }
        if found.count == all.count { return .value(Double(radius)) }
      }
      return .undefined("no square below half of the sheet has every preferred class")
    }
  }
}
