import TopoFoundation

extension PairedSample {
  /// Pairs up to which the distribution of rank sums is counted.
  static let exactRanks = 200

  /// The two-sided p value of Wilcoxon's signed-rank test (Wilcoxon 1945). Differences of 0 are
  /// left out, equal magnitudes share the mean of their ranks, and the p value counts all choices
  /// of signs, which is exact with equal magnitudes, too. It is 1 if all differences are 0.
  ///
  /// For more than 200 pairs it is that of the normal approximation, with the variance of these ranks.
  /// Undefined without pairs.
  public var wilcoxon: MeasuredValue {
    guard count > 0 else { return .undefined("no pairs") }
    let moved = differences.filter { $0 != 0 }
    guard !moved.isEmpty else { return .value(1) }
    // Twice the ranks are integers.
    let ranks = Ranks.midranks(moved.map(abs)).map { Int(2 * $0) }
    let positive = zip(moved, ranks).reduce(0) { $0 + ($1.0 > 0 ? $1.1 : 0) }
    let total = ranks.reduce(0, +)
    let least = min(positive, total - positive)
    guard moved.count <= Self.exactRanks else {
      let squares = ranks.reduce(0.0) { $0 + Double($1 * $1) }
      let z = (Double(least) - Double(total) / 2) / (squares.squareRoot() / 2)
      return .value(min(1, 2 * NormalDistribution.probability(below: z)))
    }
    // Probability of each rank sum, one rank after the other.
    var probabilities = [Double](repeating: 0, count: total + 1)
    probabilities[0] = 1
    var reach = 0
    for rank in ranks {
      reach += rank
      for sum in stride(from: reach, through: 0, by: -1) {
        let other = sum >= rank ? probabilities[sum - rank] : 0
        probabilities[sum] = (probabilities[sum] + other) / 2
      }
    }
    return .value(min(1, 2 * probabilities[...least].reduce(0, +)))
  }
}
