import TopoFoundation

/// How few responses carry the activity, of responses that are not negative.
///
/// - Treves and Rolls (1991): `a = mean(r)^2 / mean(r^2)`, the share of active responses if all
///   active ones are equal.
/// - Vinje and Gallant (2000): `S = (1 - a) / (1 - 1/n)`: 0 if all `n` responses are equal, 1 if
///   there is only one.
///
/// ```swift
/// let one = Sparseness([4, 0, 0, 0])
/// one.trevesRolls    // .value(0.25)
/// one.vinjeGallant   // .value(1)
/// ```
public struct Sparseness: Sendable, Hashable {
  /// `a`, in [1/n, 1]; undefined if all responses are 0.
  public let trevesRolls: MeasuredValue
  /// `S`, in [0, 1]; undefined if all responses are 0 or there is only one.
  public let vinjeGallant: MeasuredValue

  /// The sparseness of responses, none of them negative.
  public init(_ responses: [Double]) {
    var (sum, squares) = (0.0, 0.0)
    for response in responses {
      sum += response
      squares += response * response
    }
    self.init(count: responses.count, sum: sum, squares: squares)
  }

  /// The sparseness of `count` responses with a known sum and sum of squares.
  public init(count: Int, sum: Double, squares: Double) {
    guard squares > 0 else {
      trevesRolls = .undefined("all responses are 0")
      vinjeGallant = .undefined("all responses are 0")
      return
    }
    let share = min(sum / squares * (sum / Double(count)), 1)
    trevesRolls = MeasuredValue(share)
    vinjeGallant =
      count > 1
      ? MeasuredValue(min((1 - share) / (1 - 1 / Double(count)), 1))
      : .undefined("there is only one response")
  }
}
