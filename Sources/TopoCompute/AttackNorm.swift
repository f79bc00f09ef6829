/// How far an image is from another, for attacks that stay within a distance: over all of its
/// channels, rows and columns.
public enum AttackNorm: String, Sendable, Hashable, Codable, CaseIterable {
  /// The largest difference of a value. `direction(g) = sign(g)` with `sign(0) = 0`; `project`
  /// clips every value to `-radius...radius`.
  case linf
  /// The Euclidean distance. `direction(g) = g / max(|g|, 1e-12)`;
  /// `project(d) = d * min(1, radius / |d|)`.
  case l2

  /// Norms below this count as this much: a gradient of zeros has no direction.
  package static let smallest: Float = 1e-12
}
