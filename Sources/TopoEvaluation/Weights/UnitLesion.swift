import TopoCompute
import TopoSheets

/// Units of a sheet that are silenced together.
enum UnitLesion {
  /// The so many units nearest to a centre: by Euclidean distance on the grid, the first ones on
  /// ties. The centre itself is the nearest.
  static func patch(_ count: Int, around centre: Int, in sheet: Sheet) -> [Int] {
    let (row, column) = sheet.position(of: centre)
    // Squares of distances are whole numbers: ties are exact.
    func square(_ unit: Int) -> Int {
      let (r, c) = sheet.position(of: unit)
      return (r - row) * (r - row) + (c - column) * (c - column)
    }
    return Array(
      (0..<sheet.units).sorted { (square($0), $0) < (square($1), $1) }.prefix(count))
  }

  /// A weight `[output, unit]` that reads the sheet, deaf to some units: their columns are 0, which
  /// is the same as silencing the units.
  static func silence(_ units: [Int], in weight: [Float], of sheetUnits: Int) -> [Float] {
    var weight = weight
    for start in stride(from: 0, to: weight.count, by: sheetUnits) {
      for unit in units { weight[start + unit] = 0 }
    }
    return weight
  }
}
