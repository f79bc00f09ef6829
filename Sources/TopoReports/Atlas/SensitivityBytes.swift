import Foundation
import TopoAnalysis

/// Maps of sensitivity in a byte per pixel: `round(255 G / max G)` of each unit.
struct SensitivityBytes: Sendable, Hashable, Encodable {
  /// Rows of an image.
  let rows: Int
  /// Columns of an image.
  let columns: Int
  /// Pixels of each side of the squares that maps have a byte for, the mean over the square.
  let step: Int
  /// By unit: the largest value of its map.
  let largest: [Double]
  /// The bytes as base64, dense `[unit, row of squares, column of squares]`.
  let maps: String
  /// Number of images that maps are means over.
  let images: Int

  /// The most bytes of a layer. Larger maps are reduced.
  static let budget = 300_000

  /// The maps of a layer; nil if values are not finite.
  init?(_ maps: SensitivityMaps, images: Int, budget: Int = SensitivityBytes.budget) {
    guard maps.values.allSatisfy(\.isFinite) else { return nil }
    (rows, columns, self.images) = (maps.rows, maps.columns, images)
    func squares(_ step: Int) -> (rows: Int, columns: Int) {
      ((maps.rows + step - 1) / step, (maps.columns + step - 1) / step)
    }
    var step = 1
    while step < max(maps.rows, maps.columns),
      maps.units * squares(step).rows * squares(step).columns > budget
    {
      step += 1
    }
    self.step = step
    let (down, across) = squares(step)
    var (largest, bytes) = ([Double](), [UInt8]())
    bytes.reserveCapacity(maps.units * down * across)
    for unit in 0..<maps.units {
      let map = maps.map(of: unit)
      let means = (0..<down * across).map { square in
        Self.mean(map, maps, row: square / across * step, column: square % across * step, step)
      }
      let top = means.max() ?? 0
      largest.append(AtlasData.short(top))
      bytes += means.map { top > 0 ? UInt8((255 * ($0 / top)).rounded()) : 0 }
    }
    (self.largest, self.maps) = (largest, Data(bytes).base64EncodedString())
  }

  /// The mean over a square, without what lies beyond the border.
  private static func mean(
    _ map: [Double], _ maps: SensitivityMaps, row: Int, column: Int, _ step: Int
  ) -> Double {
    let (down, across) = (min(row + step, maps.rows), min(column + step, maps.columns))
    var sum = 0.0
    for y in row..<down {
      for x in column..<across { sum += map[y * maps.columns + x] }
    }
    return sum / Double((down - row) * (across - column))
  }
}
