import TopoFoundation

/// Norms of the incoming weights of units, and how similar those of neighbors are.
///
/// A penalty on distances between the weights of neighbors may make all weights small instead of
/// similar. The distance relative to the mean norm, the cosine and the correlation do not depend on
/// the scale of the weights.
///
/// ```swift
/// let diagnostics = WeightDiagnostics(
///   .init([0, 0, 3, 4, 0, 0, 0, 0], inputs: 2), layout: UnitLayout(Sheet(rows: 2, columns: 2)))
/// diagnostics.norms              // [0, 5, 0, 0]
/// diagnostics.neighborDistance   // .value(2.5)
/// ```
public struct WeightDiagnostics: Sendable, Hashable {
  /// By unit: the Euclidean norm of its incoming weights.
  public let norms: [Double]
  /// Mean Euclidean distance of the weights of two neighbors; undefined without neighbors.
  public let neighborDistance: MeasuredValue
  /// `neighborDistance` divided by the mean norm.
  public let relativeNeighborDistance: MeasuredValue
  /// Mean cosine of the weights of two neighbors, over the pairs without a unit whose weights are
  /// all 0.
  public let neighborCosine: MeasuredValue
  /// Pairs of neighbors that have no cosine.
  public let pairsWithoutCosine: Int
  /// Mean correlation of the weights of two neighbors, over the pairs without a unit whose weights
  /// are all equal.
  public let neighborCorrelation: MeasuredValue
  /// Pairs of neighbors that have no correlation.
  public let pairsWithoutCorrelation: Int

  /// The diagnostics of weights.
  /// - Parameter layout: nil if the layer has none: then only the norms are defined.
  public init(_ weights: LayerData.Weights, layout: UnitLayout?) {
    let inputs = weights.inputs
    let rows = weights.values.map(Double.init)
    norms = (0..<weights.units).map { unit in
      Self.product(rows, unit * inputs, unit * inputs, inputs).squareRoot()
    }
    guard let layout else {
      let none = MeasuredValue.undefined("the layer has no positions")
      (neighborDistance, relativeNeighborDistance) = (none, none)
      (neighborCosine, neighborCorrelation) = (none, none)
      (pairsWithoutCosine, pairsWithoutCorrelation) = (0, 0)
      return
    }
    let pairs = layout.pairs
    var distances = 0.0
    for (first, second) in pairs {
      var sum = 0.0
      for input in 0..<inputs {
        let step = rows[first * inputs + input] - rows[second * inputs + input]
        sum += step * step
      }
      distances += sum.squareRoot()
    }
    let mean = Statistics.mean(norms)
    neighborDistance =
      pairs.isEmpty
      ? .undefined("no unit has neighbors") : MeasuredValue(distances / Double(pairs.count))
    relativeNeighborDistance =
      switch neighborDistance {
      case .value(let distance) where mean > 0: MeasuredValue(distance / mean)
      case .value: .undefined("all weights are 0")
      case .undefined: neighborDistance
      }
    (neighborCosine, pairsWithoutCosine) = Self.meanCosine(rows, inputs, pairs, smallest: 0)
    // Weights around their mean; what is left of equal ones is rounding.
    var centered = rows
    for unit in 0..<weights.units {
      let range = unit * inputs..<(unit + 1) * inputs
      let mean = Statistics.mean(Array(rows[range]))
      for index in range { centered[index] -= mean }
    }
    (neighborCorrelation, pairsWithoutCorrelation) = Self.meanCosine(
      centered, inputs, pairs, smallest: 1e-12 * (norms.max() ?? 0))
  }

  /// The mean cosine of pairs of rows whose norms are above `smallest`, and the number of others.
  private static func meanCosine(
    _ rows: [Double], _ inputs: Int, _ pairs: [(first: Int, second: Int)], smallest: Double
  ) -> (MeasuredValue, Int) {
    let norms = (0..<rows.count / inputs).map { unit in
      product(rows, unit * inputs, unit * inputs, inputs).squareRoot()
    }
    var (sum, count) = (0.0, 0)
    for (first, second) in pairs where norms[first] > smallest && norms[second] > smallest {
      let cosine =
        product(rows, first * inputs, second * inputs, inputs) / norms[first] / norms[second]
      sum += min(max(cosine, -1), 1)
      count += 1
    }
    let reason =
      pairs.isEmpty ? "no unit has neighbors" : "no two neighbors have weights that differ"
    return (
      count > 0 ? MeasuredValue(sum / Double(count)) : .undefined(reason), pairs.count - count
    )
  }

  private static func product(
    _ rows: [Double], _ first: Int, _ second: Int, _ count: Int
  ) -> Double {
    rows.withUnsafeBufferPointer { rows in
      var sum = 0.0
      for index in 0..<count { sum += rows[first + index] * rows[second + index] }
      return sum
    }
  }
}
