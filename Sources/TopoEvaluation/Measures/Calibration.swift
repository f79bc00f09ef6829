import TopoSheets

/// Gap between confidence and accuracy, over equal bins `(lo, hi]` of the top-1 confidence.
public struct Calibration: Sendable, Hashable {
  /// Expected calibration error: `sum_m (n_m / n) |accuracy_m - confidence_m|`.
  public let expectedError: MeasuredValue
  /// Largest gap of a bin that is not empty.
  public let maximumGap: MeasuredValue

  /// Calibration of predictions.
  /// - Parameters:
  ///   - confidences: probability of each predicted class, in (0, 1].
  ///   - correct: whether each prediction is right.
  ///   - bins: number of bins.
  public init(confidences: [Double], correct: [Bool], bins: Int = 15) {
    precondition(confidences.count == correct.count, "each confidence has its outcome")
    precondition(bins > 0, "there is at least one bin")
    var counts = [Int](repeating: 0, count: bins)
    var hits = [Int](repeating: 0, count: bins)
    var sums = [Double](repeating: 0, count: bins)
    for (confidence, hit) in zip(confidences, correct) {
      let bin = Calibration.bin(of: confidence, bins: bins)
      counts[bin] += 1
      hits[bin] += hit ? 1 : 0
      sums[bin] += confidence
    }
    var (total, largest) = (0.0, 0.0)
    for bin in 0..<bins where counts[bin] > 0 {
      let gap = abs(Double(hits[bin]) - sums[bin])
      total += gap
      largest = max(largest, gap / Double(counts[bin]))
    }
    let reason = "no image has finite logits"
    expectedError = MeasuredValue(total / Double(confidences.count), orUndefined: reason)
    maximumGap = confidences.isEmpty ? .undefined(reason) : MeasuredValue(largest)
  }

  /// The bin `m` with `m / bins < confidence <= (m + 1) / bins`. Rounding of the product can miss
  /// by one, so the neighbours' edges are compared exactly.
  static func bin(of confidence: Double, bins: Int) -> Int {
    var bin = min(max(Int((confidence * Double(bins)).rounded(.up)) - 1, 0), bins - 1)
    if bin > 0, confidence <= Double(bin) / Double(bins) { bin -= 1 }
    if bin < bins - 1, confidence > Double(bin + 1) / Double(bins) { bin += 1 }
    return bin
  }
}
