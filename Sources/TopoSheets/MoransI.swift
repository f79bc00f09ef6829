import TopoFoundation

/// Global Moran's I of maps on a sheet: spatial autocorrelation between neighbouring units.
///
/// `I = (N / S0) * sum_u w_u z_u sum_{v in N(u)} z_v / sum_u z_u^2` with `z = m - mean(m)` and
/// `S0` the sum of all weights. Weights are binary (`w_u = 1`) or row-standardised
/// (`w_u = 1 / |N(u)|`, PySAL's default, which is another statistic). All sums are in Float64,
/// the mean first. Under spatial randomness the expectation is `-1 / (N - 1)`.
public struct MoransI: Sendable {
  /// The sheet that maps lie on.
  public let sheet: Sheet
  /// The neighbours of unit `u` are `neighbours[starts[u]..<starts[u + 1]]`.
  let starts: [Int]
  let neighbours: [Int]
  /// `w_u`.
  let weights: [Double]
  /// `N / S0`; nil where no unit has a neighbour.
  let factor: Double?

  /// The statistic for a sheet.
  /// - Parameters:
  ///   - neighbourhood: its shape and wrapping decide who is whose neighbour; its weighting
  ///     concerns penalties only.
  ///   - rowStandardized: whether each unit's neighbours weigh one together.
  public init(
    sheet: Sheet, neighbourhood: Neighbourhood = .init(), rowStandardized: Bool = false
  ) {
    self.sheet = sheet
    var (starts, neighbours, weights, total) = ([0], [Int](), [Double](), 0.0)
    for unit in 0..<sheet.units {
      let around = neighbourhood.neighbours(of: unit, in: sheet)
      neighbours += around
      starts.append(neighbours.count)
      let weight = rowStandardized && !around.isEmpty ? 1 / Double(around.count) : 1
      weights.append(weight)
      total += weight * Double(around.count)
    }
    (self.starts, self.neighbours, self.weights) = (starts, neighbours, weights)
    factor = total > 0 ? Double(sheet.units) / total : nil
  }

  /// Moran's I of one map, `[units]` in row-major order; undefined where the map is constant
  /// (`sum z^2 <= 1e-12 * N * max(1, mean^2)`) or not finite.
  public func value(of map: [Double]) -> MeasuredValue {
    precondition(map.count == sheet.units, "a map has one value per unit")
    var mean = 0.0
    for value in map { mean += value }
    mean /= Double(map.count)
    var (squares, products) = (0.0, 0.0)
    for unit in 0..<map.count {
      let z = map[unit] - mean
      squares += z * z
      var around = 0.0
      for index in starts[unit]..<starts[unit + 1] { around += map[neighbours[index]] - mean }
      products += weights[unit] * z * around
    }
    return result(mean: mean, squares: squares, products: products)
  }

  /// Moran's I from the sums over one map.
  func result(mean: Double, squares: Double, products: Double) -> MeasuredValue {
    guard let factor else { return .undefined("no unit has neighbours") }
    guard mean.isFinite, squares.isFinite, products.isFinite else {
      return .undefined("map is not finite")
    }
    guard squares > 1e-12 * Double(sheet.units) * max(1, mean * mean) else {
      return .undefined("constant map")
    }
    return MeasuredValue(factor * products / squares)
  }
}
