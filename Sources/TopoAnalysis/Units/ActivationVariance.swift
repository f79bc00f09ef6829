import TopoFoundation

/// How much the responses of each unit vary over images, with companions that do not depend on the
/// scale of the responses.
///
/// ```swift
/// let spread = ActivationVariance(
///   Activations([0, 2, 1, 3], units: 1), labels: ClassLabels([0, 0, 1, 1]))
/// spread.variances       // [1.25]
/// spread.etaSquared      // [.value(0.2)]
/// ```
public struct ActivationVariance: Sendable, Hashable {
  /// By unit: the variance over images (`ddof` 0), in squared response units. It scales with the
  /// unit's weights.
  public let variances: [Double]
  /// By unit: the variance divided by the mean square of all responses of the layer; undefined if
  /// all are 0.
  public let relative: [MeasuredValue]
  /// By unit: the squared coefficient of variation, the variance divided by the squared mean;
  /// undefined if the mean is 0. It makes sense for responses that are not negative.
  public let squaredVariation: [MeasuredValue]
  /// By unit: the variance of the class means, weighted by the numbers of their images, divided by
  /// the variance, in [0, 1]; undefined for a constant unit and without labels.
  public let etaSquared: [MeasuredValue]

  /// The variances of a layer's units.
  public init(_ activations: Activations, labels: ClassLabels? = nil) {
    self.init(activations, UnitMoments(activations), labels: labels)
  }

  /// The same with moments that are known.
  init(_ activations: Activations, _ moments: UnitMoments, labels: ClassLabels? = nil) {
    variances = moments.variances
    relative = moments.variances.map {
      moments.meanSquare > 0
        ? MeasuredValue($0 / moments.meanSquare) : .undefined("all responses of the layer are 0")
    }
    squaredVariation = zip(moments.variances, moments.means).map { variance, mean in
      mean == 0
        ? .undefined("mean response is 0")
        : MeasuredValue(variance / mean / mean, orUndefined: "mean response is too near 0")
    }
    guard let labels else {
      etaSquared = moments.means.map { _ in .undefined("the layer has no labels") }
      return
    }
    let between = Self.varianceBetweenClasses(activations, labels.compact, moments.means)
    etaSquared = zip(between, moments.variances).map { between, variance in
      variance > 1e-12 * moments.meanSquare
        ? MeasuredValue(min(between / variance, 1)) : .undefined("constant unit")
    }
  }

  /// `sum_c n_c (mean_c - mean)^2 / n` of each unit.
  private static func varianceBetweenClasses(
    _ activations: Activations, _ labels: ClassLabels, _ means: [Double]
  ) -> [Double] {
    let (images, units) = (activations.images, activations.units)
    // Sums of differences to the mean, dense [class, unit].
    var sums = [Double](repeating: 0, count: labels.classes * units)
    activations.values.withUnsafeBufferPointer { values in
      sums.withUnsafeMutableBufferPointer { sums in
        for image in 0..<images {
          let start = Int(labels.values[image]) * units
          for unit in 0..<units {
            sums[start + unit] += Double(values[image * units + unit]) - means[unit]
          }
        }
      }
    }
    var between = [Double](repeating: 0, count: units)
    for label in labels.present {
      for unit in 0..<units {
        let sum = sums[label * units + unit]
        between[unit] += sum * sum / Double(labels.counts[label])
      }
    }
    return between.map { $0 / Double(images) }
  }
}
