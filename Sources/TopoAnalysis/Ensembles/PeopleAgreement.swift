import TopoFoundation

/// How a network's classifications agree with those of people, as named values.
///
/// ```swift
/// let values = PeopleAgreement.values(logits: logits, labels: labels, people: people)
/// ```
public enum PeopleAgreement {
  /// The measures, in the order of `values`.
  public static let measures: [MeasureDescription] = [
    MeasureDescription(
      "people-cross-entropy",
      "mean of -sum_k h_k ln p_k, h the shares of people, p the probabilities of the network",
      unit: "nats", range: "[0, inf)", undefined: undefined, source: source),
    MeasureDescription(
      "people-divergence", "people-cross-entropy less the entropy of the shares of people",
      unit: "nats", range: "[0, inf)", undefined: undefined, source: source),
    MeasureDescription(
      "people-agreement", "mean share of people who chose the class that the network predicts",
      range: "[0, 1]", undefined: undefined, source: source),
    MeasureDescription(
      "people-majority-accuracy",
      "share of images whose predicted class is the one that most people chose", range: "[0, 1]",
      undefined: undefined),
    MeasureDescription(
      "people-error-consistency",
      "Cohen's kappa of whether the network and the class that most people chose are correct",
      range: "[-1, 1]", undefined: "the class that most people chose is always correct, or never",
      source: "Geirhos et al. 2020"),
  ]

  /// How often the class that most people chose is the label: a property of the images, which shows
  /// soft labels in a wrong order (`SoftLabels.majorityShare`).
  public static let ofLabels = MeasureDescription(
    "people-majority-of-labels",
    "share of images for which the class that most people chose is the label", range: "[0, 1]",
    undefined: "there are no images")

  private static let undefined = "no image has finite logits"
  private static let source = "Peterson et al. 2019"

  /// The values of a network.
  /// - Parameters:
  ///   - logits: dense `[image, class]`. Rows that are not finite are wrong, and have no part in
  ///     entropies.
  ///   - labels: correct class of each image.
  ///   - people: how people classified the same images.
  public static func values(
    logits: [Float], labels: [Int32], people: SoftLabels
  ) -> [MeasuredValue] {
    let predictions = SoftmaxRows(logits, classes: people.classes).predictions
    return values(people.agreement(logits: logits), predictions, labels, people)
  }

  /// The values of an ensemble.
  public static func values(
    of ensemble: LogitEnsemble, labels: [Int32], people: SoftLabels
  ) -> [MeasuredValue] {
    values(people.agreement(of: ensemble), ensemble.prediction, labels, people)
  }

  private static func values(
    _ found: SoftLabels.Agreement, _ predictions: [Int32], _ labels: [Int32], _ people: SoftLabels
  ) -> [MeasuredValue] {
    [
      found.crossEntropy, found.divergence, found.expectedAccuracy, found.majorityAccuracy,
      kappa(predictions, labels, people),
    ]
  }

  /// Kappa is 0 by definition, whatever the network does, if people never err or always.
  private static func kappa(
    _ predictions: [Int32], _ labels: [Int32], _ people: SoftLabels
  ) -> MeasuredValue {
    switch people.majorityShare(of: labels).number {
    case 1: .undefined("the class that most people chose is always correct")
    case 0: .undefined("the class that most people chose is never correct")
    default: people.errorConsistency(predictions: predictions, labels: labels).kappa
    }
  }
}
