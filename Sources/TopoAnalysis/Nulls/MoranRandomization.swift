import TopoFoundation
import TopoSheets

/// Moran spectral randomization: random maps that keep a map's spatial autocorrelation, as null
/// for the correlation of one map with another.
///
/// A permutation of positions destroys the smoothness of a map, so that two independent smooth
/// maps correlate "significantly" far too often. Here a map is written in the eigenvectors of a
/// doubly centered matrix of spatial weights, and each of its coefficients gets a random sign. The
/// result has the same mean and variance, and the same Moran's I for these weights, exactly.
///
/// ```swift
/// let null = try MoranRandomization(distancesOf: layout)
/// let p = null.significance(of: [first], and: [second]).probability
/// ```
///
/// Which weights? Share of pairs of independent maps on 11 x 11 units that are significant at .05,
/// for white noise smoothed by a Gaussian (by a numpy script, 600 pairs or more):
///
/// | standard deviation of the Gaussian | 1 | 1.5 | 2 | 3 | 4 |
/// |---|---|---|---|---|---|
/// | permutation of positions | .36 | .60 | .66 | .74 | |
/// | binary weights of neighbors | .06 | .06 | .11 | .19 | .30 |
/// | minus the distance of units | .06 | .05 | .06 | .07 | .06 |
///
/// Weights of neighbors keep Moran's I as it is usually computed, but are too liberal for maps
/// that are smooth over more than a tenth of the sheet: such maps need several eigenvectors each,
/// whose coefficients are not independent. Use distances for probabilities.
///
/// Where eigenvalues coincide (on a square grid in pairs, by symmetry), eigenvectors are those that
/// LAPACK returns; maps drawn with others have the same properties.
///
/// Source: Wagner and Dray, "Generating spatially constrained null models for irregularly spaced
/// data using Moran spectral randomization methods" (Methods in Ecology and Evolution, 2015),
/// singleton procedure.
public struct MoranRandomization: Sendable {
  /// Number of units.
  public let units: Int
  /// Eigenvalues, ascending, without that of constant maps; as many as units less 1.
  public let eigenvalues: [Double]
  /// Dense `[eigenvalue, unit]`.
  let vectors: [Double]

  /// The null that keeps Moran's I with binary weights of neighbors.
  /// - Parameter neighbors: by unit, the indices of its neighbors; the relation is symmetric.
  /// - Throws: `UserError` if LAPACK does not converge.
  public init(neighbors: [[Int]]) throws {
    let units = neighbors.count
    var weights = [Double](repeating: 0, count: units * units)
    for unit in 0..<units {
      for other in neighbors[unit] { weights[unit * units + other] = 1 }
    }
    try self.init(weights: weights, units: units)
  }

  /// The null that keeps Moran's I with the negative distance of two units as their weight.
  /// - Throws: `UserError` if LAPACK does not converge.
  public init(distancesOf layout: UnitLayout) throws {
    let units = layout.units
    var weights = [Double](repeating: 0, count: units * units)
    for unit in 0..<units {
      for other in 0..<unit {
        let distance = layout.distance(unit, other)
        weights[unit * units + other] = -distance
        weights[other * units + unit] = -distance
      }
    }
    try self.init(weights: weights, units: units)
  }

  /// The null of symmetric weights, dense `[unit, unit]`.
  init(weights: [Double], units: Int) throws {
    self.units = units
    var sums = [Double](repeating: 0, count: units)
    var largest = 0.0
    for unit in 0..<units {
      var absolute = 0.0
      for other in 0..<units {
        sums[unit] += weights[unit * units + other]
        absolute += abs(weights[unit * units + other])
      }
      largest = max(largest, absolute)
    }
    let n = Double(max(units, 1))
    let mean = sums.reduce(0, +) / (n * n)
    // Constant maps have the eigenvalue 0, which others may share. A constant that is added to
    // all entries moves it beyond all others, which are at most the largest sum of absolute weights.
    let constant = 2 * (largest + 1) / n
    var matrix = weights
    for unit in 0..<units {
      for other in 0..<units {
        matrix[unit * units + other] += mean - sums[unit] / n - sums[other] / n + constant
      }
    }
    let (values, vectors) = try SymmetricEigenproblem.vectors(matrix, size: units)
    eigenvalues = Array(values.dropLast())
    self.vectors = Array(vectors.dropLast(units))
  }

  /// The coefficients of a map minus its mean, one per eigenvalue.
  public func coefficients(of map: [Double]) -> [Double] {
    precondition(map.count == units, "a map has one value per unit")
    let mean = map.reduce(0, +) / Double(max(units, 1))
    return vectors.withUnsafeBufferPointer { vectors in
      map.withUnsafeBufferPointer { map in
        eigenvalues.indices.map { index in
          var sum = 0.0
          for unit in 0..<units { sum += vectors[index * units + unit] * (map[unit] - mean) }
          return sum
        }
      }
    }
  }

  /// A random map with the mean, variance and Moran's I of a map, the last for the null's weights.
  /// - Parameters:
  ///   - map: one value per unit.
  ///   - draw: number of the random map; every number gives another one.
  ///   - seed: of the random signs.
  public func surrogate(of map: [Double], draw: Int, seed: UInt64 = 0) -> [Double] {
    let signs = Signs(seed: seed, count: eigenvalues.count)
    let coefficients = coefficients(of: map)
    let mean = map.reduce(0, +) / Double(max(units, 1))
    var result = [Double](repeating: mean, count: units)
    signs.forEach(draw: draw) { index, isNegative in
      let coefficient = isNegative ? -coefficients[index] : coefficients[index]
      for unit in 0..<units { result[unit] += coefficient * vectors[index * units + unit] }
    }
    return result
  }

  /// Random signs, reproducible from a seed and the number of a draw.
  struct Signs: Sendable {
    private let source: Philox
    private let count: Int

    init(seed: UInt64, count: Int) {
      source = Philox(seed: seed, purpose: .analysis, stream: AnalysisStream.moranRandomization)
      self.count = count
    }

    /// Calls `body` with each index and whether its sign is negative.
    func forEach(draw: Int, _ body: (Int, Bool) -> Void) {
      // A block has 128 signs.
      let blocks = (count + 127) / 128
      for block in 0..<blocks {
        let words = source.words(at: UInt64(draw * blocks + block))
        for bit in 0..<min(128, count - block * 128) {
          body(block * 128 + bit, words[bit / 32] >> UInt32(bit % 32) & 1 == 1)
        }
      }
    }
  }
}
