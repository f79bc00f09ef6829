import TopoCompute

/// How far a result may be from the reference.
///
/// Both errors are of one tensor of one member: the normalized mean square error
/// `sum (a - e)^2 / sum e^2`, and the largest `|a - e|` over the largest `|e|`.
public struct Tolerance: Sendable, Hashable {
  /// Largest error, relative to the largest expected value.
  public var maximum: Double
  /// The largest expected value counts as no less than this; for results that are small because
  /// large terms cancel.
  public var scaleFloor: Double
  /// Why it is this much.
  public var reason: String

  /// Normalized mean square error: the square of the largest relative error, since errors and
  /// values have about the same ratio of largest to root mean square.
  public var nmse: Double { maximum * maximum }

  /// A tolerance for the stated reason.
  public init(_ maximum: Double, scaleFloor: Double = 0, because reason: String) {
    self.maximum = maximum
    self.scaleFloor = scaleFloor
    self.reason = reason
  }

  /// Bits are copied or counted: no error.
  public static let exact = Tolerance(0, because: "nothing is rounded")

  /// A few roundings of each value.
  public static let pointwise = Tolerance(
    8 * unitRoundoff, because: "each value is rounded a few times")

  /// Sums of `terms` products in any order: rounding errors add up as a random walk, whose
  /// length we allow eight times.
  public static func sum(of terms: Int) -> Tolerance {
    Tolerance(
      8 * unitRoundoff * (4 + Double(terms).squareRoot()),
      because: "float32 sums of \(terms) terms in any order")
  }

  /// This tolerance where factors of products are rounded to another precision first.
  ///
  /// Each product is then wrong by up to two roundings of its own, up or down, so that the error of
  /// a sum grows with its number of terms as the sum itself does: the ratio of both stays below the
  /// unit roundoff. We allow it four times, because the largest of many errors is compared.
  /// - Parameter stages: how many sums of products follow each other.
  func rounding(to precision: Precision, stages: Int) -> Tolerance {
    guard precision != .float32, maximum > 0 else { return self }
    return Tolerance(
      maximum + 4 * Double(stages) * precision.unitRoundoff, scaleFloor: scaleFloor,
      because: "\(reason), of factors rounded to \(precision.rawValue)")
  }

  /// Half the distance from 1 to the next float32, 6e-8.
  public static let unitRoundoff = 0x1p-24
}
