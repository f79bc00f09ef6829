import TopoFoundation
import TopoSheets

/// Geary's C of maps: how much neighbors differ, compared with all units.
///
/// `C = (N - 1) sum_{directed (u, v)} (m_u - m_v)^2 / (2 S0 sum_u z_u^2)` with `z = m - mean(m)` and
/// `S0` the number of directed pairs of neighbors. It is about 1 for random maps and below 1 if
/// neighbors are alike. A map is undefined in the same cases as `MoransI`. Source: Geary, "The
/// contiguity ratio and statistical mapping", 1954; binary weights as in PySAL's `esda.Geary`.
public struct GearysC: Sendable {
  /// Number of units that maps have a value for.
  public let units: Int
  /// Undirected pairs of neighbors, two entries each.
  private let pairs: [Int32]

  /// The statistic for a sheet.
  public init(sheet: Sheet, neighborhood: Neighborhood = .init()) {
    self.init(neighbors: UnitLayout(sheet, neighborhood: neighborhood).neighbors)
  }

  /// The statistic for units anywhere.
  /// - Parameter neighbors: by unit, the indices of its neighbors; the relation is symmetric.
  public init(neighbors: [[Int]]) {
    units = neighbors.count
    pairs = neighbors.indices.flatMap { unit in
      neighbors[unit].filter { $0 > unit }.flatMap { [Int32(unit), Int32($0)] }
    }
  }

  /// Geary's C of one map, `[units]`.
  public func value(of map: [Double]) -> MeasuredValue {
    precondition(map.count == units, "a map has one value per unit")
    return map.withUnsafeBufferPointer { value(of: $0) }
  }

  /// Geary's C of each map.
  /// - Parameter maps: `[n, units]`, one map after the other.
  public func values(of maps: [Float]) -> [MeasuredValue] {
    precondition(units > 0 && maps.count.isMultiple(of: units), "maps have one value per unit")
    let count = maps.count / units
    let chunk = 256
    return parallelMap((count + chunk - 1) / chunk) { index in
      var map = [Double](repeating: 0, count: units)
      return (index * chunk..<min((index + 1) * chunk, count)).map { first in
        for unit in 0..<units { map[unit] = Double(maps[first * units + unit]) }
        return map.withUnsafeBufferPointer { value(of: $0) }
      }
    }.flatMap { $0 }
  }

  private func value(of map: UnsafeBufferPointer<Double>) -> MeasuredValue {
    guard !pairs.isEmpty else { return .undefined("no unit has neighbors") }
    var mean = 0.0
    for value in map { mean += value }
    mean /= Double(units)
    var squares = 0.0
    for value in map { squares += (value - mean) * (value - mean) }
    guard mean.isFinite, squares.isFinite else { return .undefined("map is not finite") }
    guard squares > 1e-12 * Double(units) * max(1, mean * mean) else {
      return .undefined("constant map")
    }
    var differences = 0.0
    pairs.withUnsafeBufferPointer { pairs in
      for index in stride(from: 0, to: pairs.count, by: 2) {
        let difference = map[Int(pairs[index])] - map[Int(pairs[index + 1])]
        differences += difference * difference
      }
    }
    // Both the sum and S0 count each pair twice; `pairs.count` is S0.
    return MeasuredValue(
      Double(units - 1) * 2 * differences / (2 * Double(pairs.count) * squares))
  }
}
