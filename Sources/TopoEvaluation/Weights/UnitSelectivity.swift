import Dispatch

/// How well each unit of a sheet distinguishes each class from the others: the average precision of
/// the unit's response as a score of the class. Responses are those before ReLU, because many are 0
/// after it and would be ties.
public struct UnitSelectivity: Sendable, Hashable {
  /// By class and unit; nil for a class without images.
  public let averagePrecisions: [[Double]?]

  /// The selectivity of a network's units.
  /// - Parameters:
  ///   - sheet: responses before ReLU, dense `[image, unit]`.
  ///   - labels: the images' classes, each in `0..<classes`.
  public init(sheet: [Float], labels: [Int32], classes: Int) {
    precondition(!labels.isEmpty && sheet.count % labels.count == 0, "one row per image")
    let units = sheet.count / labels.count
    let present = (0..<classes).map { label in labels.contains(Int32(label)) }
    // By unit and class; each unit is written by one worker.
    var values = [Double](repeating: 0, count: units * classes)
    values.withUnsafeMutableBufferPointer { buffer in
      let target = Target(values: buffer)
      DispatchQueue.concurrentPerform(iterations: units) { unit in
        let scores = labels.indices.map { sheet[$0 * units + unit] }
        let row = Self.averagePrecisions(scores: scores, labels: labels, classes: classes)
        for label in 0..<classes { target.values[unit * classes + label] = row[label] }
      }
    }
    averagePrecisions = (0..<classes).map { label in
      present[label] ? (0..<units).map { values[$0 * classes + label] } : nil
    }
  }

  private struct Target: @unchecked Sendable { let values: UnsafeMutableBufferPointer<Double> }

  /// The units from the most to the least selective for a class, by index on ties and for a class
  /// without images.
  public func ranking(ofClass label: Int) -> [Int] {
    guard let values = averagePrecisions[label] else {
      return Array(0..<(averagePrecisions.compactMap { $0?.count }.first ?? 0))
    }
    return values.indices.sorted {
      values[$0] != values[$1] ? values[$0] > values[$1] : $0 < $1
    }
  }

  /// Average precision of scores for each class: `sum_k (R_k - R_(k-1)) P_k` over the distinct
  /// scores in descending order. `P_k` and `R_k` are precision and recall of the images whose score
  /// is at least the `k`-th one (the definition of scikit-learn: equal scores are one threshold).
  /// NaN is the lowest score. A class without images has 0.
  static func averagePrecisions(scores: [Float], labels: [Int32], classes: Int) -> [Double] {
    func key(_ index: Int) -> Float { scores[index].isNaN ? -.infinity : scores[index] }
    let order = scores.indices.sorted { key($0) > key($1) }
    var totals = [Int](repeating: 0, count: classes)
    for label in labels { totals[Int(label)] += 1 }
    var correct = [Int](repeating: 0, count: classes)
    var sums = [Double](repeating: 0, count: classes)
    var rank = 0
    var fresh = [Int](repeating: 0, count: classes)
    while rank < order.count {
      let score = key(order[rank])
      for label in 0..<classes { fresh[label] = 0 }
      while rank < order.count, key(order[rank]) == score {
        fresh[Int(labels[order[rank]])] += 1
        rank += 1
      }
      for label in 0..<classes where fresh[label] > 0 {
        correct[label] += fresh[label]
        sums[label] +=
          Double(fresh[label]) / Double(totals[label]) * (Double(correct[label]) / Double(rank))
      }
    }
    return sums
  }
}
