import Foundation
import TopoFoundation

/// How a unit's responses spread over images and classes.
struct UnitActivity: Sendable {
  /// Share of images to which the unit is above 0.
  let activeShare: Double
  /// Mean response after ReLU.
  let energy: Double
  /// Lifetime sparseness after ReLU.
  let sparseness: Sparseness
  /// Entropy of the histogram of responses before ReLU, and after it, in nats.
  let entropy, rectifiedEntropy: Double
  /// The entropy before ReLU with the same bins for all units.
  let commonRangeEntropy: Double
  /// Entropy of the classes of the unit's top images; nil without labels.
  let topClassEntropy: Double?
  /// How well the responses, or their negatives, single out classes; nil without labels.
  let separation, negativeSeparation: ClassSeparation?

  /// `entropy` divided by its largest possible value.
  var normalizedEntropy: Double { entropy / log(Double(ResponseEntropy.bins)) }

  /// The activity of all units, of responses before ReLU.
  static func all(_ activations: Activations, labels: ClassLabels?) -> [UnitActivity] {
    var range: ClosedRange<Float>?
    if let lowest = activations.values.min(), let highest = activations.values.max() {
      range = lowest...highest
    }
    return UnitColumns.map(activations) { [range] _, responses in
      UnitActivity(responses, labels, range: range)
    }
  }

  private init(_ responses: [Float], _ labels: ClassLabels?, range: ClosedRange<Float>?) {
    let rectified = responses.map { max($0, 0) }
    var (sum, squares, active) = (0.0, 0.0, 0)
    for response in rectified {
      let value = Double(response)
      sum += value
      squares += value * value
      if value > 0 { active += 1 }
    }
    let images = Double(max(responses.count, 1))
    (activeShare, energy) = (Double(active) / images, sum / images)
    sparseness = Sparseness(count: responses.count, sum: sum, squares: squares)
    entropy = ResponseEntropy.ofHistogram(responses)
    rectifiedEntropy = ResponseEntropy.ofHistogram(rectified)
    commonRangeEntropy = ResponseEntropy.ofHistogram(responses, range: range)
    guard let labels else {
      (topClassEntropy, separation, negativeSeparation) = (nil, nil, nil)
      return
    }
    let order = ScoreOrder(responses)
    topClassEntropy = ResponseEntropy.ofTopClasses(order, labels: labels)
    separation = ClassSeparation(order, labels: labels)
    negativeSeparation = ClassSeparation(order, labels: labels, isReversed: true)
  }
}
