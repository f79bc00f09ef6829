import TopoFoundation

/// The gap between confidence and accuracy, over equal bins `(lo, hi]` of the top-1 confidence (Guo
/// et al., arXiv 1706.04599).
public struct Calibration: Sendable, Hashable {
  /// Expected calibration error: `sum_m (n_m / n) |accuracy_m - confidence_m|`.
  public let expectedError: MeasuredValue
  /// Largest gap of a bin that is not empty.
  public let maximumGap: MeasuredValue

  /// Calibration of predictions.
  /// - Parameters:
  ///   - confidences: probability of each predicted class, in (0, 1].
  ///   - correct: whether each prediction is correct.
  ///   - bins: number of bins.
  public init(confidences: [Double], correct: [Bool], bins: Int = 15) {
    precondition(confidences.count == correct.count, "one outcome per confidence")
    var tally = CalibrationTally(bins: bins)
    for (confidence, isCorrect) in zip(confidences, correct) {
      tally.add(confidence: confidence, isCorrect: isCorrect)
    }
    self.init(tally)
  }

  /// Calibration of the predictions of a tally.
  init(_ tally: CalibrationTally) {
    var (total, largest) = (0.0, 0.0)
    for bin in tally.bins where bin.count > 0 {
      let gap = abs(Double(bin.correct) - bin.sum)
      total += gap
      largest = max(largest, gap / Double(bin.count))
    }
    let count = tally.bins.reduce(0) { $0 + $1.count }
    let reason = "no image has finite logits"
    expectedError = MeasuredValue(total / Double(count), orUndefined: reason)
    maximumGap = count == 0 ? .undefined(reason) : MeasuredValue(largest)
  }

  /// The bin `m` with `m / bins < confidence <= (m + 1) / bins`. Rounding of the product can be off
  /// by one bin, so the edges of the bin are compared exactly.
  static func bin(of confidence: Double, bins: Int) -> Int {
    var bin = min(max(Int((confidence * Double(bins)).rounded(.up)) - 1, 0), bins - 1)
    if bin > 0, confidence <= Double(bin) / Double(bins) { bin -= 1 }
    if bin < bins - 1, confidence > Double(bin + 1) / Double(bins) { bin += 1 }
    return bin
  }
}

/// Counts of predictions by bin of their confidence.
struct CalibrationTally: Sendable, Hashable {
  struct Bin: Sendable, Hashable {
    var count = 0
    var correct = 0
    /// Sum of the confidences.
    var sum = 0.0
  }

  private(set) var bins: [Bin]

  init(bins: Int = 15) {
    precondition(bins > 0, "there is at least one bin")
    self.bins = Array(repeating: Bin(), count: bins)
  }

  /// Adds a prediction.
  mutating func add(confidence: Double, isCorrect: Bool) {
    let bin = Calibration.bin(of: confidence, bins: bins.count)
    bins[bin].count += 1
    bins[bin].correct += isCorrect ? 1 : 0
    bins[bin].sum += confidence
  }
}
