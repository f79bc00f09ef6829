import TopoFoundation
import TopoSheets

/// How far around a unit one must look to find every preferred class: the smallest `r >= 1` for which
/// the square of `2 r + 1` units around it has a unit for each class that any unit prefers. The square
/// is cut off at the border of the sheet, unless opposite edges meet.
///
/// It is after All-TNN (Lu et al. 2023), whose sheets wrap around. Undefined if no `r` below half of
/// the sheet's smaller side is enough.
public struct ClusterRadius: Sendable, Hashable {
  /// By unit.
  public let values: [MeasuredValue]

  /// The radii of all units of a sheet.
  /// - Parameters:
  ///   - preferred: by unit; nil for units without a preferred class.
  ///   - wraps: whether opposite edges of the sheet meet, as on a torus.
  public init(preferred: [Int?], sheet: Sheet, wraps: Bool = false) {
    precondition(preferred.count == sheet.units, "a class per unit")
    let all = Set(preferred.compactMap { $0 })
    let limit = (min(sheet.rows, sheet.columns) + 1) / 2
    values = preferred.indices.map { unit in
      guard !all.isEmpty else { return .undefined("no unit prefers a class") }
      let (row, column) = sheet.position(of: unit)
      for radius in 1..<max(limit, 1) {
        var found: Set<Int> = []
        for r in Self.range(row, radius, of: sheet.rows, wraps) {
          for c in Self.range(column, radius, of: sheet.columns, wraps) {
            if let label = preferred[sheet.unit(row: r, column: c)] { found.insert(label) }
          }
        }
        if found.count == all.count { return .value(Double(radius)) }
      }
      return .undefined("no square below half of the sheet has every preferred class")
    }
  }

  /// The rows or columns within a radius. It is below half of the extent, so that none occurs twice.
  private static func range(_ center: Int, _ radius: Int, of extent: Int, _ wraps: Bool) -> [Int] {
    wraps
      ? (center - radius...center + radius).map { ($0 + extent) % extent }
      : Array(max(center - radius, 0)...min(center + radius, extent - 1))
  }
}
