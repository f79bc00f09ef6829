import TopoSheets

/// Distances between all units of a layout.
public struct UnitDistances: Sendable, Hashable {
  /// Number of units.
  public let units: Int
  /// Euclidean distances, dense `[unit, unit]`; on a torus those of the shortest way.
  public let values: [Double]
  /// The distance of a step: 1 on a sheet; otherwise the median over units of the distance to the
  /// nearest unit at another place. Nil if all units are in one place.
  public let step: Double?

  /// The distances of a layout.
  public init(_ layout: UnitLayout) {
    let units = layout.units
    let axes = layout.positions.map(\.count).max() ?? 0
    // Coordinates, dense `[axis, unit]`.
    let coordinates = (0..<axes).map { axis in
      layout.positions.map { axis < $0.count ? $0[axis] : 0 }
    }
    let rows = parallelMap(units) { first in
      var row = [Double](repeating: 0, count: units)
      for (index, axis) in coordinates.enumerated() {
        let period = layout.period?[index]
        for second in 0..<units {
          let difference = UnitLayout.step(axis[first], axis[second], period: period)
          row[second] += difference * difference
        }
      }
      for second in 0..<units { row[second] = row[second].squareRoot() }
      return row
    }
    self.units = units
    values = rows.flatMap { $0 }
    step =
      layout.sheet == nil
      ? UnitSpacing.median(rows.map { row in row.filter { $0 > 0 }.min() ?? .infinity }) : 1
  }

  /// The distance of two units.
  public subscript(first: Int, second: Int) -> Double { values[first * units + second] }

  /// The mean distance of all pairs of some units; nil for fewer than two.
  public func mean(among members: [Int]) -> Double? {
    guard members.count > 1 else { return nil }
    var sum = 0.0
    for (index, first) in members.enumerated() {
      for second in members[(index + 1)...] { sum += self[first, second] }
    }
    return sum / Double(members.count * (members.count - 1) / 2)
  }
}
