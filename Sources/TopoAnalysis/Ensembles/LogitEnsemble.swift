import Foundation
import TopoFoundation

/// Networks that classify the same images together, from their logits.
///
/// The ensemble's probabilities are the mean of the members' softmax (Lakshminarayanan et al.,
/// NeurIPS 2017). Predictions are the largest value, the lowest index on ties. An image for which
/// any member has NaN or infinity counts as misclassified by that member and by the ensemble, and
/// is counted in `invalid`.
///
/// ```swift
/// let ensemble = LogitEnsemble(logits: [first, second], classes: 10, labels: labels)
/// print(ensemble.accuracy.number ?? 0, ensemble.disagreement.number ?? 0)
/// ```
public struct LogitEnsemble: Sendable {
  /// Number of classes.
  public let classes: Int
  /// Number of images.
  public let images: Int
  /// Predicted class of each image by each member, `[member][image]`; -1 if a logit is not finite.
  public let predictions: [[Int32]]
  /// Mean of the members' softmax, dense `[image, class]`; zeros if a logit is not finite.
  public let probabilities: [Double]
  /// The ensemble's prediction of each image; -1 if a logit is not finite.
  public let prediction: [Int32]
  /// Number of images for which some member has logits that are not finite.
  public let invalid: Int
  private let labels: [Int32]

  /// An ensemble.
  /// - Parameters:
  ///   - logits: by member, dense `[image, class]`.
  ///   - classes: number of classes.
  ///   - labels: correct class of each image, in `0..<classes`.
  public init(logits: [[Float]], classes: Int, labels: [Int32]) {
    precondition(classes > 0, "at least one class")
    self.init(logits.map { SoftmaxRows($0, classes: classes) }, classes: classes, labels: labels)
  }

  /// The same of members whose softmax is known.
  package init(_ members: [SoftmaxRows], classes: Int, labels: [Int32]) {
    precondition(!members.isEmpty, "at least one member")
    precondition(
      members.allSatisfy { $0.probabilities.count == labels.count * classes },
      "a row of classes per image")
    var mean = [Double](repeating: 0, count: labels.count * classes)
    var prediction = [Int32](repeating: -1, count: labels.count)
    for image in labels.indices where members.allSatisfy({ $0.predictions[image] >= 0 }) {
      let range = image * classes..<(image + 1) * classes
      mean.withUnsafeMutableBufferPointer { mean in
        for member in members {
          member.probabilities.withUnsafeBufferPointer { probabilities in
            for index in range { mean[index] += probabilities[index] }
          }
        }
        for index in range { mean[index] /= Double(members.count) }
      }
      prediction[image] = SoftmaxRows.largest(mean, range)
    }
    (self.classes, self.labels, images) = (classes, labels, labels.count)
    (probabilities, self.prediction) = (mean, prediction)
    predictions = members.map(\.predictions)
    invalid = prediction.count { $0 < 0 }
  }

  /// Logarithms of the mean probabilities, dense `[image, class]`, which are logits of the
  /// ensemble: measures of calibration take them. NaN in rows that are not finite.
  public var logits: [Float] {
    (0..<images).flatMap { image in
      probabilities[image * classes..<(image + 1) * classes].map {
        // The smallest normal Float32 keeps logarithms finite.
        prediction[image] < 0 ? .nan : Float(log(max($0, 0x1p-126)))
      }
    }
  }

  /// Share of images that the ensemble classifies correctly.
  public var accuracy: MeasuredValue { share(prediction) }

  /// Share of images that each member classifies correctly.
  public var memberAccuracies: [MeasuredValue] { predictions.map(share) }

  /// Whether each member classifies each image correctly, `[member][image]`.
  public var isCorrect: [[Bool]] {
    predictions.map { zip($0, labels).map { $0 == $1 } }
  }

  /// Mean over pairs of members of the share of images for which they predict other classes.
  /// Images that are not finite for one of them count as such.
  public var disagreement: MeasuredValue {
    guard images > 0 else { return .undefined("no images") }
    let shares = predictions.indices.flatMap { first in
      predictions[(first + 1)...].map { Self.disagreement(predictions[first], $0) }
    }
    return MeasuredValue(Statistics.mean(shares), orUndefined: "fewer than two members")
  }

  /// Share of images, at least one, for which two members predict other classes, or one of them has
  /// no prediction (-1).
  package static func disagreement(_ first: [Int32], _ second: [Int32]) -> Double {
    let different = zip(first, second).count { $0 != $1 || $0 < 0 }
    return Double(different) / Double(first.count)
  }

  /// Error consistency of all pairs of members, `[member][member]`.
  public var errorConsistency: [[ErrorConsistency]] {
    let correct = isCorrect
    return correct.map { first in correct.map { ErrorConsistency(first, $0) } }
  }

  /// Mean of Cohen's kappa over the pairs of members for which it is defined.
  public var meanErrorConsistency: MeasuredValue {
    let table = errorConsistency
    let values = table.indices.flatMap { first in
      table[first][(first + 1)...].compactMap { $0.kappa.number }
    }
    return MeasuredValue(
      Statistics.mean(values), orUndefined: "no pair of members with errors to compare")
  }

  private func share(_ predictions: [Int32]) -> MeasuredValue {
    let correct = zip(predictions, labels).count { $0 == $1 }
    return MeasuredValue(Double(correct) / Double(images), orUndefined: "no images")
  }
}
