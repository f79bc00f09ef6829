import TopoFoundation

/// Whether units respond alike to images and to the same images reflected.
///
/// ```swift
/// let flipped = ImageReflection.horizontal.reflect(images, shape: shape)
/// // responses to images and to flipped, before ReLU
/// let invariance = ReflectionInvariance(responses, reflected: responsesToFlipped)
/// ```
public struct ReflectionInvariance: Sendable, Hashable {
  /// By unit: the Pearson correlation over images of the two responses; undefined if one of them is
  /// constant (a variance of at most 1e-12 of the layer's mean square).
  public let correlations: [MeasuredValue]

  /// The invariance of units.
  /// - Parameters:
  ///   - responses: to images.
  ///   - reflected: to the same images reflected, in the same order.
  public init(_ responses: Activations, reflected: Activations) {
    precondition(
      responses.units == reflected.units && responses.images == reflected.images,
      "the same units and images")
    let (first, second) = (UnitMoments(responses), UnitMoments(reflected))
    let (images, units) = (responses.images, responses.units)
    var products = [Double](repeating: 0, count: units)
    for image in 0..<images {
      for unit in 0..<units {
        products[unit] +=
          (Double(responses[image, unit]) - first.means[unit])
          * (Double(reflected[image, unit]) - second.means[unit])
      }
    }
    correlations = (0..<units).map { unit in
      guard first.variances[unit] > 1e-12 * first.meanSquare,
        second.variances[unit] > 1e-12 * second.meanSquare
      else { return .undefined("constant unit") }
      let scale = (first.variances[unit] * second.variances[unit]).squareRoot() * Double(images)
      return MeasuredValue(min(max(products[unit] / scale, -1), 1))
    }
  }

  /// The correlations with their summaries.
  public func result(_ reflection: ImageReflection) -> AnalysisResult {
    var result = AnalysisResult()
    Self.measure(reflection).add(correlations, to: &result)
    return result
  }

  /// Descriptions of the measures of `result`.
  public static func measures(_ reflection: ImageReflection) -> [MeasureDescription] {
    measure(reflection).descriptions
  }

  private static func measure(_ reflection: ImageReflection) -> SummarizedMeasure {
    .units(
      "reflection-invariance-\(reflection.rawValue)",
      "Pearson correlation over images of z(x) and z(reflected x)", range: "[-1, 1]",
      undefined: "the unit is constant")
  }
}
