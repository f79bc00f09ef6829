import Foundation
import TopoFoundation

/// Page's test for a trend over ordered treatments, such as ascending lambdas, in blocks, such as
/// seeds (Page 1963, J. Am. Stat. Assoc. 58).
///
/// The statistic is `L = sum_j j R_j` with `R_j` the sum over blocks of the ranks of treatment `j`
/// within a block.
public struct TrendTest: Sendable, Hashable {
  /// Number of blocks.
  public let blocks: Int
  /// Page's L.
  public let statistic: Double
  /// L less its mean under the null hypothesis, over the largest possible difference: 1 if every
  /// block ascends, -1 if every block descends, 0 without a trend. It is the mean over blocks of
  /// Spearman's correlation if no values of a block are equal.
  public let correlation: Double
  /// The two-sided p value.
  public let p: Double

  /// Treatments up to which all orders of a block are counted.
  static let exactTreatments = 8

  /// A test; nil for fewer than two treatments or no blocks.
  ///
  /// The p value counts all orders within blocks, which is exact with equal values, too. For more
  /// than 8 treatments it is that of the normal approximation.
  /// - Parameter blocks: values of each block, in the order of the treatments; all of one length.
  public init?(_ blocks: [[Double]]) {
    guard let treatments = blocks.first?.count, treatments > 1 else { return nil }
    precondition(blocks.allSatisfy { $0.count == treatments }, "blocks of one length")
    // Twice the ranks are integers, and so is twice L.
    let ranks = blocks.map { Ranks.midranks($0).map { Int(2 * $0) } }
    func statistic(_ ranks: [Int]) -> Int {
      ranks.enumerated().reduce(0) { $0 + ($1.offset + 1) * $1.element }
    }
    let doubled = ranks.reduce(0) { $0 + statistic($1) }
    let k = Double(treatments)
    let mean = Double(blocks.count) * k * (k + 1) * (k + 1) / 2
    let most = Double(blocks.count) * k * (k * k - 1) / 6
    self.blocks = blocks.count
    self.statistic = Double(doubled) / 2
    correlation = (Double(doubled) - mean) / most
    let distance = abs(Double(doubled) - mean)
    guard treatments <= Self.exactTreatments else {
      // Variance of 2 L: that of the ranks times that of 1...k, over k - 1.
      let variance = ranks.reduce(0.0) { sum, ranks in
        let spread = ranks.reduce(0.0) { $0 + pow(Double($1) - (k + 1), 2) }
        return sum + spread * (k * (k * k - 1) / 12) / (k - 1)
      }
      p =
        variance > 0
        ? min(1, 2 * NormalDistribution.probability(below: -distance / variance.squareRoot())) : 1
      return
    }
    // Distribution of the sum over blocks.
    var known: [[Int]: [Int: Double]] = [:]
    var sums: [Int: Double] = [0: 1]
    for ranks in ranks {
      let key = ranks.sorted()
      let block = known[key] ?? Self.distribution(key, statistic)
      known[key] = block
      var next: [Int: Double] = [:]
      for (sum, probability) in sums.sorted(by: { $0.key < $1.key }) {
        for (part, other) in block.sorted(by: { $0.key < $1.key }) {
          next[sum + part, default: 0] += probability * other
        }
      }
      sums = next
    }
    p = min(
      1,
      sums.sorted { $0.key < $1.key }.reduce(0) {
        $0 + (abs(Double($1.key) - mean) >= distance ? $1.value : 0)
      })
  }

  /// The distribution of a block's statistic over all orders of its ranks.
  private static func distribution(
    _ ranks: [Int], _ statistic: ([Int]) -> Int
  ) -> [Int: Double] {
    var counts: [Int: Int] = [:]
    var ranks = ranks
    // Heap's algorithm: each exchange makes the next order.
    func permute(_ count: Int) {
      if count == 1 { return counts[statistic(ranks), default: 0] += 1 }
      for index in 0..<count {
        permute(count - 1)
        if index < count - 1 { ranks.swapAt(count.isMultiple(of: 2) ? index : 0, count - 1) }
      }
    }
    permute(ranks.count)
    let total = Double(counts.values.reduce(0, +))
    return counts.mapValues { Double($0) / total }
  }
}
