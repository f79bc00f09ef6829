import TopoFoundation
import TopoStatistics

/// The pairs of units that have a correlation, each once, with their distances.
public struct CorrelatedPairs: Sendable, Hashable {
  /// By pair, `first < second`, ascending: the correlation.
  public let correlations: [Double]
  /// By pair: the distance.
  public let distances: [Double]
  /// The distance of a step; nil if all units are in one place.
  public let step: Double?

  /// The pairs of a layer.
  public init(_ matrix: CorrelationMatrix, _ distances: UnitDistances) {
    let units = matrix.defined
    var found: [Double] = []
    found.reserveCapacity(units.count * max(units.count - 1, 0) / 2)
    for (index, first) in units.enumerated() {
      for second in units[(index + 1)...] { found.append(distances[first, second]) }
    }
    self.init(correlations: matrix.pairs, distances: found, step: distances.step)
  }

  /// Pairs with given correlations and distances.
  public init(correlations: [Double], distances: [Double], step: Double? = 1) {
    precondition(correlations.count == distances.count, "one distance per pair")
    (self.correlations, self.distances, self.step) = (correlations, distances, step)
  }

  /// Spearman's correlation of `r` with the negative distance: 1 if `r` falls with distance
  /// throughout.
  public var spearman: MeasuredValue {
    guard let value = Ranks.spearman(correlations, distances) else { return Self.constant }
    return MeasuredValue(-value)
  }

  /// Pearson's correlation of `r` with `1 / (d + 1)`, `d` in steps: the alignment that TDANN's
  /// spatial correlation loss `(1 - rho) / 2` rewards, over the whole layer (Margalit et al., "A
  /// unifying framework for functional organization in early and higher ventral visual cortex",
  /// 2024).
  public var alignment: MeasuredValue {
    guard let step else { return Self.constant }
    let closeness = distances.map { 1 / ($0 / step + 1) }
    guard let value = Ranks.pearson(correlations, closeness) else { return Self.constant }
    return MeasuredValue(value)
  }

  private static let constant = MeasuredValue.undefined("correlations or distances are all equal")

  /// The mean distance of the pairs whose correlation is above a threshold.
  public func meanDistance(above threshold: Double) -> MeasuredValue {
    var (sum, count) = (0.0, 0)
    for (correlation, distance) in zip(correlations, distances) where correlation > threshold {
      sum += distance
      count += 1
    }
    guard count > 0 else { return .undefined("no pair has a correlation above the threshold") }
    return MeasuredValue(sum / Double(count))
  }

  /// A bin of distance.
  public struct Bin: Sendable, Hashable {
    /// The middle of the bin.
    public var distance: Double
    /// Number of pairs.
    public var pairs: Int
    /// Mean correlation; nil without pairs.
    public var mean: Double?
    /// Standard deviation of the correlations (`ddof` 0); nil without pairs.
    public var standardDeviation: Double?
  }

  /// Mean correlation by distance, in bins of a step: `(k - 1/2)...(k + 1/2)` steps, from the first
  /// bin that has pairs to the last.
  public var bins: [Bin] {
    guard let step, let largest = distances.max() else { return [] }
    let width = max(step, largest / 1000)
    let indices = distances.map { Int($0 / width + 0.5) }
    let count = (indices.max() ?? 0) + 1
    var (pairs, sums) = ([Int](repeating: 0, count: count), [Double](repeating: 0, count: count))
    for (index, correlation) in zip(indices, correlations) {
      pairs[index] += 1
      sums[index] += correlation
    }
    let means = zip(sums, pairs).map { $0 / Double(max($1, 1)) }
    var squares = [Double](repeating: 0, count: count)
    for (index, correlation) in zip(indices, correlations) {
      squares[index] += (correlation - means[index]) * (correlation - means[index])
    }
    return (0..<count).drop { pairs[$0] == 0 }.map { index in
      let used = pairs[index] > 0
      return Bin(
        distance: Double(index) * width, pairs: pairs[index], mean: used ? means[index] : nil,
        standardDeviation: used ? (squares[index] / Double(pairs[index])).squareRoot() : nil)
    }
  }
}
