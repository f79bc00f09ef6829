import Foundation
import TopoSheets

/// How well one network classifies: accuracy and calibration from its logits.
///
/// `P = softmax(logits)`. The prediction is the largest logit, the lowest index on ties. A row
/// with NaN or infinity counts as wrong in every accuracy, is counted in `invalid`, and is
/// skipped by NLL, Brier score and calibration. All sums are in Float64.
public struct ClassificationMeasures: Sendable, Hashable {
  /// Number of classes.
  public let classes: Int
  /// Number of images.
  public let count: Int
  /// Right predictions.
  public let correct: Int
  /// Rows with NaN or infinity.
  public let invalid: Int
  /// `[true class, predicted class]`, row-major; rows with NaN or infinity appear nowhere.
  public let confusion: [Int]
  /// Images of each class.
  public let imagesPerClass: [Int]
  /// Mean of `-log P` of the right class.
  public let negativeLogLikelihood: MeasuredValue
  /// Mean of `sum_k (P_k - [k = y])^2`.
  public let brierScore: MeasuredValue
  /// Calibration of the top-1 confidence over 15 bins.
  public let calibration: Calibration

  /// Measures of `labels.count` images.
  /// - Parameters:
  ///   - logits: `[image, class]`.
  ///   - labels: right classes, each in `0..<classes`.
  public init(logits: UnsafeBufferPointer<Float>, classes: Int, labels: [Int32]) {
    precondition(classes > 0, "there is at least one class")
    precondition(logits.count == labels.count * classes, "logits have one row per label")
    var (correct, invalid) = (0, 0)
    var confusion = [Int](repeating: 0, count: classes * classes)
    var perClass = [Int](repeating: 0, count: classes)
    var (negativeLog, brier) = (0.0, 0.0)
    var confidences: [Double] = []
    var hits: [Bool] = []
    confidences.reserveCapacity(labels.count)
    hits.reserveCapacity(labels.count)
    for image in 0..<labels.count {
      let label = Int(labels[image])
      precondition(label >= 0 && label < classes, "labels name classes")
      perClass[label] += 1
      let start = image * classes
      guard let predicted = Self.prediction(logits, start, classes) else {
        invalid += 1
        continue
      }
      let hit = predicted == label
      if hit { correct += 1 }
      confusion[label * classes + predicted] += 1
      let top = Double(logits[start + predicted])
      var (total, squares) = (0.0, 0.0)
      for index in start..<start + classes {
        let power = exp(Double(logits[index]) - top)
        total += power
        squares += power * power
      }
      let margin = Double(logits[start + label]) - top
      negativeLog += log(total) - margin
      // sum_k P_k^2 - 2 P_y + 1
      brier += squares / (total * total) - 2 * exp(margin) / total + 1
      confidences.append(1 / total)
      hits.append(hit)
    }
    self.classes = classes
    count = labels.count
    (self.correct, self.invalid, self.confusion) = (correct, invalid, confusion)
    imagesPerClass = perClass
    let used = Double(confidences.count)
    let reason = labels.isEmpty ? "no images" : "no image has finite logits"
    negativeLogLikelihood = MeasuredValue(negativeLog / used, orUndefined: reason)
    brierScore = MeasuredValue(brier / used, orUndefined: reason)
    calibration = Calibration(confidences: confidences, correct: hits)
  }

  /// Measures of `labels.count` images.
  /// - Parameters:
  ///   - logits: `[image, class]`.
  ///   - labels: right classes, each in `0..<classes`.
  public init(logits: [Float], classes: Int, labels: [Int32]) {
    self = logits.withUnsafeBufferPointer {
      ClassificationMeasures(logits: $0, classes: classes, labels: labels)
    }
  }

  /// The first index of the largest value; nil where a value is NaN or infinite.
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

  /// Share of right predictions.
  public var accuracy: MeasuredValue {
    MeasuredValue(Double(correct) / Double(count), orUndefined: "no images")
  }

  /// Share of right predictions among the images of each class (recall).
  public var accuracyPerClass: [MeasuredValue] {
    (0..<classes).map { label in
      MeasuredValue(
        Double(confusion[label * classes + label]) / Double(imagesPerClass[label]),
        orUndefined: "no images of the class")
    }
  }

  /// Mean of the accuracies per class, over the classes that have images.
  public var balancedAccuracy: MeasuredValue {
    let defined = accuracyPerClass.compactMap(\.number)
    return MeasuredValue(
      defined.reduce(0, +) / Double(defined.count), orUndefined: "no images")
  }

  /// Wilson's 95 % interval of the accuracy of this one network.
  public var accuracyInterval: ClosedRange<Double>? {
    Summary.wilsonInterval(successes: correct, of: count)
  }
}
