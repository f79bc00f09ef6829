/// How well a score distinguishes the images of each class from all others: average precision and
/// the area under the receiver operating characteristic.
///
/// - `AP = sum_k (R_k - R_(k-1)) P_k` over the distinct scores in descending order. `P_k` and `R_k`
///   are precision and recall of the images whose score is at least the `k`-th one: equal scores are
///   one threshold (the definition of scikit-learn). A score without any order has the class's share
///   of the images.
/// - `AUC`: the probability that an image of the class has the higher score than an image of
///   another class; equal scores count one half (mid-ranks).
///
/// ```swift
/// let scores: [Float] = [0.9, 0.8, 0.7, 0.6]
/// let separation = ClassSeparation(ScoreOrder(scores), labels: ClassLabels([1, 0, 1, 0]))
/// separation.averagePrecisions[1]   // 5/6
/// separation.areas[1]               // 0.75
/// ```
public struct ClassSeparation: Sendable, Hashable {
  /// By class, in (0, 1]; nil for a class without images.
  public let averagePrecisions: [Double?]
  /// By class, in [0, 1]; nil for a class without images and one that has all images.
  public let areas: [Double?]

  /// The separation of all classes by one score.
  /// - Parameters:
  ///   - order: the images by their score.
  ///   - isReversed: whether low scores speak for a class.
  public init(_ order: ScoreOrder, labels: ClassLabels, isReversed: Bool = false) {
    precondition(order.indices.count == labels.values.count, "a label per image")
    let (classes, images) = (labels.classes, order.indices.count)
    var found = [Int](repeating: 0, count: classes)
    var precisions = [Double](repeating: 0, count: classes)
    // Twice the number of pairs of an image of the class and a later other one; equal ones are 1.
    var wins = [Int](repeating: 0, count: classes)
    var fresh = [Int](repeating: 0, count: classes)
    var touched: [Int] = []
    var rank = 0
    for run in order.ends.indices {
      let index = isReversed ? order.ends.count - 1 - run : run
      let start = index == 0 ? 0 : order.ends[index - 1]
      let size = order.ends[index] - start
      for place in start..<order.ends[index] {
        let label = Int(labels.values[Int(order.indices[place])])
        if fresh[label] == 0 { touched.append(label) }
        fresh[label] += 1
      }
      for label in touched {
        let (count, total) = (fresh[label], labels.counts[label])
        let above = rank - found[label]
        let equal = size - count
        wins[label] += count * (2 * (images - total - above - equal) + equal)
        found[label] += count
        precisions[label] +=
          Double(count) / Double(total) * (Double(found[label]) / Double(rank + size))
        fresh[label] = 0
      }
      touched.removeAll(keepingCapacity: true)
      rank += size
    }
    // Rounding of many terms may lead to a sum slightly above 1.
    averagePrecisions = (0..<classes).map { labels.counts[$0] > 0 ? min(1, precisions[$0]) : nil }
    areas = (0..<classes).map { label in
      let pairs = labels.counts[label] * (images - labels.counts[label])
      return pairs > 0 ? Double(wins[label]) / Double(2 * pairs) : nil
    }
  }
}
