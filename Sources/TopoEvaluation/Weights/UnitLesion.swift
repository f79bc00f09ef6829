import TopoCompute
import TopoSheets

/// Silences units of a sheet.
enum UnitLesion {
  /// The `count` units nearest to a center by Euclidean distance on the grid, the first ones on
  /// ties. The center itself is the nearest.
  static func patch(_ count: Int, around center: Int, in sheet: Sheet) -> [Int] {
    let (row, column) = sheet.position(of: center)
    // Squares of distances are integers, so ties are exact.
    func square(_ unit: Int) -> Int {
      let (r, c) = sheet.position(of: unit)
      return (r - row) * (r - row) + (c - column) * (c - column)
    }
    return Array(
      (0..<sheet.units).sorted { (square($0), $0) < (square($1), $1) }.prefix(count))
  }

  /// The weight of the layer after the sheet, dense `[output, unit]`, with columns of 0 for some
  /// units. This is equivalent to silencing the units.
  static func silence(_ units: [Int], in weight: [Float], of sheetUnits: Int) -> [Float] {
    var weight = weight
    for start in stride(from: 0, to: weight.count, by: sheetUnits) {
      for unit in units { weight[start + unit] = 0 }
    }
    return weight
  }
}
