/// Dissimilarity of two rows of a matrix. Formulas and edge cases: `docs/penalties.md`.
public enum PenaltyMetric: String, Sendable, Hashable, CaseIterable, Codable {
  /// `||x - y||`; the gradient of a pair of equal rows is zero.
  case euclidean
  /// `1 - <x, y> / (||x|| ||y|| + 1e-8)`; value 1 and gradient 0 if a row is zero.
  case cosine
  /// Cosine of the rows less their means; value 1 and gradient 0 if a row is constant.
  case correlation
}

/// How a tensor is read as a matrix of `units` rows (one per unit of the sheet) and `features`
/// columns: entry `(u, p)` of a member lies at `u * unitStride + p * featureStride`.
///
/// Penalties differ in the strides alone: weights `[unit, input]` are read in their order,
/// activations `[image, unit]` transposed.
public struct PenaltyMatrix: Sendable, Hashable {
  /// Rows.
  public var units: Int
  /// Columns.
  public var features: Int
  /// Elements from one row to the next.
  public var unitStride: Int
  /// Elements from one column to the next.
  public var featureStride: Int

  /// A matrix view with explicit strides.
  public init(units: Int, features: Int, unitStride: Int, featureStride: Int) {
    self.units = units
    self.features = features
    self.unitStride = unitStride
    self.featureStride = featureStride
  }
}

/// Pairs of neighboring units with the weight of each pair in the penalty:
/// `L(M) = sum over pairs of weight * delta(m_u, m_v)`.
public struct NeighborGraph: Sendable, Hashable {
  /// An undirected pair of units.
  public struct Pair: Sendable, Hashable {
    /// One unit.
    public var first: Int
    /// The other.
    public var second: Int
    /// The pair's weight in the mean.
    public var weight: Float

    /// A pair of units and its weight.
    public init(_ first: Int, _ second: Int, weight: Float) {
      self.first = first
      self.second = second
      self.weight = weight
    }
  }

  /// Number of units.
  public var units: Int
  /// Each undirected pair once, by ascending `(first, second)`.
  public var pairs: [Pair]

  /// A graph over `units` units.
  public init(units: Int, pairs: [Pair]) {
    self.units = units
    self.pairs = pairs
  }
}
