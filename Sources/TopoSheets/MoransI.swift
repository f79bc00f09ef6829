import TopoFoundation

/// Global Moran's I of maps on a sheet: spatial autocorrelation between neighboring units.
///
/// `I = (N / S0) * sum_u w_u z_u sum_{v in N(u)} z_v / sum_u z_u^2` with `z = m - mean(m)` and
/// `S0` the sum of all weights. Weights are binary (`w_u = 1`) or row-standardized
/// (`w_u = 1 / |N(u)|`, PySAL's default, which is another statistic). All sums are in Float64,
/// the mean first. Under spatial randomness the expectation is `-1 / (N - 1)`.
///
///     let order = MoransI(sheet: Sheet(rows: 11, columns: 11))
///     let average = order.average(of: maps)      // maps: one after the other, 121 values each
///     print(average.mean.number ?? .nan)
///
/// Results of the command line use binary weights. To compare with PySAL's `Moran(map, weights)`,
/// ask for row-standardized ones: `MoransI(sheet: sheet, rowStandardized: true)`.
public struct MoransI: Sendable {
  /// Number of units that maps have a value for.
  public let units: Int
  /// The neighbors of unit `u` are `neighbors[starts[u]..<starts[u + 1]]`.
  let starts: [Int]
  let neighbors: [Int]
  /// `w_u`.
  let weights: [Double]
  /// `N / S0`; nil if no unit has a neighbor.
  let factor: Double?

  /// The statistic for a sheet.
  /// - Parameters:
  ///   - neighborhood: which units are neighbors.
  ///   - rowStandardized: whether the weights of each unit's neighbors add up to 1. Otherwise each
  ///     weighs 1, so that units at the border count less.
  public init(
    sheet: Sheet, neighborhood: Neighborhood = .init(), rowStandardized: Bool = false
  ) {
    self.init(
      neighbors: (0..<sheet.units).map { neighborhood.neighbors(of: $0, in: sheet) },
      rowStandardized: rowStandardized)
  }

  /// The statistic for units that are not on a sheet.
  /// - Parameters:
  ///   - neighbors: by unit, the indices of its neighbors; the relation is symmetric.
  ///   - rowStandardized: as above.
  public init(neighbors lists: [[Int]], rowStandardized: Bool = false) {
    units = lists.count
    var (starts, neighbors, weights, total) = ([0], [Int](), [Double](), 0.0)
    for around in lists {
      neighbors += around
      starts.append(neighbors.count)
      let weight = rowStandardized && !around.isEmpty ? 1 / Double(around.count) : 1
      weights.append(weight)
      total += weight * Double(around.count)
    }
    (self.starts, self.neighbors, self.weights) = (starts, neighbors, weights)
    factor = total > 0 ? Double(lists.count) / total : nil
  }

  /// Moran's I of one map, `[units]` in row-major order; undefined if the map is constant
  /// (`sum z^2 <= 1e-12 * N * max(1, mean^2)`) or not finite.
  public func value(of map: [Double]) -> MeasuredValue {
    precondition(map.count == units, "a map has one value per unit")
    var mean = 0.0
    for value in map { mean += value }
    mean /= Double(map.count)
    var (squares, products) = (0.0, 0.0)
    for unit in 0..<map.count {
      let z = map[unit] - mean
      squares += z * z
      var around = 0.0
      for index in starts[unit]..<starts[unit + 1] { around += map[neighbors[index]] - mean }
      products += weights[unit] * z * around
    }
    return result(mean: mean, squares: squares, products: products)
  }

  /// Moran's I from the sums over one map.
  func result(mean: Double, squares: Double, products: Double) -> MeasuredValue {
    guard let factor else { return .undefined("no unit has neighbors") }
    guard mean.isFinite, squares.isFinite, products.isFinite else {
      return .undefined("map is not finite")
    }
    guard squares > 1e-12 * Double(units) * max(1, mean * mean) else {
      return .undefined("constant map")
    }
    return MeasuredValue(factor * products / squares)
  }
}
