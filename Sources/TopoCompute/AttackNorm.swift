/// How far an image is from another, for attacks that stay within a distance: over all of its
/// channels, rows and columns.
public enum AttackNorm: String, Sendable, Hashable, Codable, CaseIterable {
  /// The largest difference of a value. `direction(g) = sign(g)` with `sign(0) = 0`; `project`
  /// clips every value to `-radius...radius`.
  case linf
  /// The Euclidean distance. `direction(g) = g / |g|`, but 0 where no value reaches 1e-37 in
  /// magnitude; `project(d) = d * min(1, radius / |d|)`. Other libraries divide by no less than
  /// 1e-12, so that attacks fail on networks that are very confident.
  case l2

  /// A gradient all of whose values are smaller has no direction: close to the smallest normal
  /// float, where digits are lost.
  package static let smallest: Float = 1e-37
}
