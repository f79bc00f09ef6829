import Foundation
import TopoFoundation

/// How well one network classifies: accuracy and calibration from its logits.
///
/// `P = softmax(logits)`. The prediction is the largest logit, the lowest index on ties. A row
/// with NaN or infinity counts as misclassified in every accuracy, is counted in `invalid`, and is
/// skipped by NLL, Brier score and calibration. All sums are in Float64.
///
/// ```swift
/// let measures = ClassificationMeasures(
///   logits: [2, 1, 0, 3], classes: 2, labels: [0, 0])
/// measures.accuracy.number  // 0.5
/// ```
public struct ClassificationMeasures: Sendable, Hashable {
  /// Number of classes.
  public let classes: Int
  /// Number of images.
  public let count: Int
  /// Number of correct predictions.
  public let correct: Int
  /// Number of rows with NaN or infinity.
  public let invalid: Int
  /// Numbers of images, dense `[true class, predicted class]`; rows with NaN or infinity are not
  /// counted.
  public let confusion: [Int]
  /// Number of images of each class.
  public let imagesPerClass: [Int]
  /// Mean of `-log P` of the correct class.
  public let negativeLogLikelihood: MeasuredValue
  /// Mean of `sum_k (P_k - [k = y])^2`.
  public let brierScore: MeasuredValue
  /// By class: mean of its probability, whatever the classes of the images.
  public let meanProbabilities: [MeasuredValue]
  /// Calibration of the top-1 confidence over 15 bins.
  public let calibration: Calibration

  /// Measures of `labels.count` images.
  /// - Parameters:
  ///   - logits: `[image, class]`.
  ///   - labels: correct classes, each in `0..<classes`.
  public init(logits: UnsafeBufferPointer<Float>, classes: Int, labels: [Int32]) {
    var tally = ClassificationTally(classes: classes)
    labels.withUnsafeBufferPointer { tally.add(logits: logits, labels: $0) }
    self.init(tally)
  }

  /// Measures of the images of a tally.
  init(_ tally: ClassificationTally) {
    (classes, count, correct, invalid) = (
      tally.classes, tally.count, tally.correct, tally.invalid
    )
    (confusion, imagesPerClass) = (tally.confusion, tally.imagesPerClass)
    let used = Double(tally.used)
    let reason = tally.count == 0 ? "no images" : "no image has finite logits"
    negativeLogLikelihood = MeasuredValue(tally.negativeLog / used, orUndefined: reason)
    brierScore = MeasuredValue(tally.brier / used, orUndefined: reason)
    meanProbabilities = tally.probabilities.map { MeasuredValue($0 / used, orUndefined: reason) }
    calibration = Calibration(tally.calibration)
  }

  /// Measures of `labels.count` images.
  /// - Parameters:
  ///   - logits: `[image, class]`.
  ///   - labels: correct classes, each in `0..<classes`.
  public init(logits: [Float], classes: Int, labels: [Int32]) {
    self = logits.withUnsafeBufferPointer {
      ClassificationMeasures(logits: $0, classes: classes, labels: labels)
    }
  }

  /// Share of correct predictions.
  public var accuracy: MeasuredValue {
    MeasuredValue(Double(correct) / Double(count), orUndefined: "no images")
  }

  /// Share of correct predictions among the images of each class (recall).
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
      Statistics.mean(defined), orUndefined: "no images")
  }

  /// Wilson's 95 % interval of the accuracy of this network on images like these; nil without
  /// images. For the spread over seeds use `Summary.interval`.
  public var accuracyInterval: ClosedRange<Double>? {
    Summary.wilsonInterval(successes: correct, of: count)
  }
}
