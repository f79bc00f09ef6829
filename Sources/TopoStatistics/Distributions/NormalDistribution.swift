import Foundation

/// The standard normal distribution.
public enum NormalDistribution {
  /// The probability of a value of at most `z`.
  public static func probability(below z: Double) -> Double {
    erfc(-z / 2.0.squareRoot()) / 2
  }

  /// The value below which a normal variable falls with the given probability, in (0, 1).
  ///
  /// The probability is inverted by bisection until the bounds are adjacent numbers.
  public static func quantile(_ probability: Double) -> Double {
    precondition(probability > 0 && probability < 1, "a probability between 0 and 1")
    // The lower tail has the better relative accuracy.
    if probability > 0.5 { return -quantile(1 - probability) }
    var (low, high) = (-40.0, 0.0)
    for _ in 0..<200 {
      let middle = (low + high) / 2
      if middle == low || middle == high { break }
      if self.probability(below: middle) < probability { low = middle } else { high = middle }
    }
    return (low + high) / 2
  }
}
