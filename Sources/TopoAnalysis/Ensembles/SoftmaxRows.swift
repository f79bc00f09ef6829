import Foundation

/// The softmax and the prediction of each row of logits.
package struct SoftmaxRows: Sendable {
  /// Dense `[image, class]`; zeros if a logit is not finite.
  package let probabilities: [Double]
  /// -1 if a logit is not finite.
  package let predictions: [Int32]

  /// - Parameter logits: dense `[image, class]`.
  package init(_ logits: [Float], classes: Int) {
    var probabilities = [Double](repeating: 0, count: logits.count)
    var predictions: [Int32] = []
    for start in stride(from: 0, to: logits.count, by: classes) {
      let row = logits[start..<start + classes]
      guard row.allSatisfy(\.isFinite), let largest = row.max(),
        let best = row.firstIndex(of: largest)
      else {
        predictions.append(-1)
        continue
      }
      var sum = 0.0
      for index in row.indices {
        probabilities[index] = exp(Double(row[index]) - Double(largest))
        sum += probabilities[index]
      }
      for index in row.indices { probabilities[index] /= sum }
      predictions.append(Int32(best - start))
    }
    (self.probabilities, self.predictions) = (probabilities, predictions)
  }

  /// The index of the largest value in a range, from its beginning; the first one on ties.
  package static func largest(_ values: [Double], _ range: Range<Int>) -> Int32 {
    var best = range.lowerBound
    for index in range where values[index] > values[best] { best = index }
    return Int32(best - range.lowerBound)
  }
}
