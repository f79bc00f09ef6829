import Foundation
import TopoFoundation

/// Classes as distributions: how often each of several people chose each class for an image, as in
/// CIFAR-10H (Peterson et al., "Human uncertainty makes classification more robust", ICCV 2019).
public struct SoftLabels: Sendable, Hashable {
  /// Number of classes.
  public let classes: Int
  /// Number of images.
  public let images: Int
  /// Shares, dense `[image, class]`, each row adds up to 1.
  public let values: [Double]

  /// Labels from counts or shares, dense `[image, class]`; rows are divided by their sums.
  /// - Throws: `UserError` for negative or not finite values and for rows of zeros.
  public init(_ counts: [Double], classes: Int) throws {
    precondition(classes > 0 && counts.count.isMultiple(of: classes), "a row of classes per image")
    var values = counts
    for start in stride(from: 0, to: counts.count, by: classes) {
      let row = counts[start..<start + classes]
      let sum = row.reduce(0, +)
      guard row.allSatisfy({ $0 >= 0 && $0.isFinite }), sum > 0, sum.isFinite else {
        throw UserError(
          "soft labels of image \(start / classes) must be counts or shares, not all zero")
      }
      for index in row.indices { values[index] /= sum }
    }
    (self.values, self.classes, images) = (values, classes, counts.count / classes)
  }

  /// Mean over images of the entropy of the labels, in nats: the least cross-entropy there is.
  public var entropy: MeasuredValue {
    let sum = values.reduce(0) { $1 > 0 ? $0 - $1 * log($1) : $0 }
    return MeasuredValue(sum / Double(images), orUndefined: "no images")
  }

  /// The most frequent class of each image; the lowest index on ties.
  public var majority: [Int32] {
    (0..<images).map { SoftmaxRows.largest(values, $0 * classes..<($0 + 1) * classes) }
  }

  /// Share of images whose most frequent class is the label.
  /// - Parameter labels: correct class of each image.
  public func majorityShare(of labels: [Int32]) -> MeasuredValue {
    precondition(labels.count == images, "one class per image")
    let same = zip(majority, labels).count { $0 == $1 }
    return MeasuredValue(Double(same) / Double(images), orUndefined: "no images")
  }

  /// How a network's probabilities agree with the labels.
  public struct Agreement: Sendable, Hashable {
    /// Mean of `-sum_k h_k ln p_k`, in nats.
    public let crossEntropy: MeasuredValue
    /// Mean of `sum_k h_k ln(h_k / p_k)`, in nats: cross-entropy minus entropy.
    public let divergence: MeasuredValue
    /// Mean share of people who chose the predicted class: the expected accuracy against a label
    /// that is drawn for each image.
    public let expectedAccuracy: MeasuredValue
    /// Share of images whose predicted class is the most frequent one.
    public let majorityAccuracy: MeasuredValue
    /// Number of images whose logits are not finite: without share in entropies, wrong in
    /// accuracies.
    public let invalid: Int
  }

  /// The agreement of a network's logits, dense `[image, class]`, with the labels.
  public func agreement(logits: [Float]) -> Agreement {
    precondition(logits.count == values.count, "a row of classes per image")
    let predictions = SoftmaxRows(logits, classes: classes).predictions
    var logarithms = [Double](repeating: 0, count: values.count)
    for image in 0..<images where predictions[image] >= 0 {
      let range = image * classes..<(image + 1) * classes
      let largest = Double(logits[range].max() ?? 0)
      // Logarithms of the softmax, which stay finite where it vanishes.
      let logSum = log(logits[range].reduce(0) { $0 + exp(Double($1) - largest) })
      for index in range { logarithms[index] = Double(logits[index]) - largest - logSum }
    }
    return agreement(logarithms, predictions)
  }

  /// The agreement of an ensemble's mean probabilities with the labels. Probabilities below the
  /// smallest normal number count as it, so that logarithms are finite.
  public func agreement(of ensemble: LogitEnsemble) -> Agreement {
    precondition(ensemble.probabilities.count == values.count, "a row of classes per image")
    return agreement(
      ensemble.probabilities.map { log(max($0, .leastNormalMagnitude)) }, ensemble.prediction)
  }

  /// Whether predictions are wrong for the images for which the most frequent class is.
  /// - Parameters:
  ///   - predictions: by image; -1 for none, which is wrong.
  ///   - labels: correct class of each image.
  public func errorConsistency(predictions: [Int32], labels: [Int32]) -> ErrorConsistency {
    precondition(predictions.count == images && labels.count == images, "one class per image")
    return ErrorConsistency(
      zip(predictions, labels).map { $0 == $1 }, zip(majority, labels).map { $0 == $1 })
  }

  /// - Parameter logarithms: of probabilities, dense `[image, class]`.
  private func agreement(_ logarithms: [Double], _ predictions: [Int32]) -> Agreement {
    let majority = majority
    var (cross, entropy, expected) = (0.0, 0.0, 0.0)
    var (same, valid) = (0, 0)
    for image in 0..<images where predictions[image] >= 0 {
      let range = image * classes..<(image + 1) * classes
      for index in range where values[index] > 0 {
        cross -= values[index] * logarithms[index]
        entropy -= values[index] * log(values[index])
      }
      valid += 1
      expected += values[range.lowerBound + Int(predictions[image])]
      if predictions[image] == majority[image] { same += 1 }
    }
    let reason = images == 0 ? "no images" : "no image has finite logits"
    return Agreement(
      crossEntropy: MeasuredValue(cross / Double(valid), orUndefined: reason),
      divergence: MeasuredValue((cross - entropy) / Double(valid), orUndefined: reason),
      expectedAccuracy: MeasuredValue(expected / Double(images), orUndefined: reason),
      majorityAccuracy: MeasuredValue(Double(same) / Double(images), orUndefined: reason),
      invalid: images - valid)
  }
}
