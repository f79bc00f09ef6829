import Foundation
import TopoFoundation

/// In how many dimensions rows of features vary.
///
/// Of the eigenvalues `l_i >= 0` of the covariance of the rows (columns centered, `ddof` 1), with
/// `p = l / sum l`:
/// - participation ratio `(sum l)^2 / sum l^2`, the usual one;
/// - entropy `exp(-sum p ln p)`;
/// - maximum `sum l / max l`.
///
/// Always `1 <= maximum <= participation ratio <= entropy <= rank`. None is changed by rotations,
/// shifts or one factor for all columns. They are undefined without variance: if the sum of
/// squares around the column means is at most 1e-12 of that around 0.
///
/// Source: Del Giudice, "Effective dimensionality: a tutorial" (Multivariate Behavioral Research,
/// 2021), which calls them n2, n1 and n-infinity.
public struct EffectiveDimensionality: Sendable, Hashable {
  /// `(sum l)^2 / sum l^2`.
  public let participationRatio: MeasuredValue
  /// `exp(-sum p ln p)`.
  public let entropy: MeasuredValue
  /// `sum l / max l`.
  public let maximum: MeasuredValue
  /// The eigenvalues, descending, as many as the smaller side of the matrix; empty without
  /// variance.
  public let eigenvalues: [Double]

  /// The dimensionality of a spectrum. Negative eigenvalues, which are rounding errors, count as 0.
  public init(eigenvalues: [Double]) {
    let values = eigenvalues.map { max($0, 0) }.sorted(by: >)
    let sum = values.reduce(0, +)
    guard sum > 0, let largest = values.first else {
      self.init(undefined: "no variance")
      return
    }
    // Of shares, whose squares neither overflow nor underflow.
    let shares = values.map { $0 / sum }
    let squares = shares.reduce(0) { $0 + $1 * $1 }
    let nats = shares.reduce(0) { $1 > 0 ? $0 - $1 * log($1) : $0 }
    self.init(
      participationRatio: MeasuredValue(1 / squares), entropy: MeasuredValue(exp(nats)),
      maximum: MeasuredValue(sum / largest), eigenvalues: values)
  }

  /// The dimensionality of rows of features.
  /// - Throws: `UserError` if LAPACK does not converge.
  public init(_ features: FeatureMatrix) throws {
    guard features.rows > 1 else {
      self.init(undefined: "fewer than two rows")
      return
    }
    let centered = features.centered()
    guard centered.sumOfSquares > 1e-12 * features.sumOfSquares else {
      self.init(undefined: "no variance")
      return
    }
    // The smaller of X^T X and X X^T: both have the same eigenvalues except zeros.
    let rows = features.columns < features.rows ? centered.transposed() : centered
    let products = RowProducts.matrix(rows)
    let scale = 1 / Double(features.rows - 1)
    self.init(
      eigenvalues: try SymmetricEigenproblem.values(products, size: rows.rows).map { $0 * scale })
  }

  private init(undefined reason: String) {
    self.init(
      participationRatio: .undefined(reason), entropy: .undefined(reason),
      maximum: .undefined(reason), eigenvalues: [])
  }

  private init(
    participationRatio: MeasuredValue, entropy: MeasuredValue, maximum: MeasuredValue,
    eigenvalues: [Double]
  ) {
    (self.participationRatio, self.entropy) = (participationRatio, entropy)
    (self.maximum, self.eigenvalues) = (maximum, eigenvalues)
  }
}
