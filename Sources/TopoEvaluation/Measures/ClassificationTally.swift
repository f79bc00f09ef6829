import Foundation
import TopoSheets

/// Counts and sums over images from which `ClassificationMeasures` are computed. Images are added
/// batch by batch, so that logits need not be kept. The same images in the same order give the same
/// bits, however they are divided into batches.
struct ClassificationTally: Sendable {
  /// Number of classes.
  let classes: Int
  private(set) var count = 0
  private(set) var correct = 0
  private(set) var invalid = 0
  /// `[true class, predicted class]`
  private(set) var confusion: [Int]
  private(set) var imagesPerClass: [Int]
  private(set) var negativeLog = 0.0
  private(set) var brier = 0.0
  /// By class: sum of its probabilities over rows with finite logits.
  private(set) var probabilities: [Double]
  private(set) var calibration = CalibrationTally()

  init(classes: Int) {
    precondition(classes > 0, "there is at least one class")
    self.classes = classes
    confusion = Array(repeating: 0, count: classes * classes)
    imagesPerClass = Array(repeating: 0, count: classes)
    probabilities = Array(repeating: 0, count: classes)
  }

  /// Rows with finite logits.
  var used: Int { count - invalid }

  /// Adds images.
  /// - Parameters:
  ///   - logits: `[image, class]`.
  ///   - labels: correct classes, each in `0..<classes`.
  mutating func add(
    logits: UnsafeBufferPointer<Float>, labels: UnsafeBufferPointer<Int32>
  ) {
    precondition(logits.count == labels.count * classes, "logits have one row per label")
    var powers = [Double](repeating: 0, count: classes)
    for image in 0..<labels.count {
      let label = Int(labels[image])
      precondition(label >= 0 && label < classes, "labels are in 0..<classes")
      imagesPerClass[label] += 1
      let start = image * classes
      guard let predicted = Self.prediction(logits, start, classes) else {
        invalid += 1
        continue
      }
      let isCorrect = predicted == label
      if isCorrect { correct += 1 }
      confusion[label * classes + predicted] += 1
      let top = Double(logits[start + predicted])
      var (total, squares) = (0.0, 0.0)
      for index in start..<start + classes {
        let power = exp(Double(logits[index]) - top)
        powers[index - start] = power
        total += power
        squares += power * power
      }
      for index in 0..<classes { probabilities[index] += powers[index] / total }
      let margin = Double(logits[start + label]) - top
      negativeLog += log(total) - margin
      // sum_k P_k^2 - 2 P_y + 1
      brier += squares / (total * total) - 2 * exp(margin) / total + 1
      calibration.add(confidence: 1 / total, isCorrect: isCorrect)
    }
    count += labels.count
  }

  /// The first index of the largest value; nil if a value is NaN or infinite.
  private static func prediction(
    _ logits: UnsafeBufferPointer<Float>, _ start: Int, _ classes: Int
  ) -> Int? {
    var best = 0
    for index in 0..<classes {
      let value = logits[start + index]
      guard value.isFinite else { return nil }
      if value > logits[start + best] { best = index }
    }
    return best
  }
}
