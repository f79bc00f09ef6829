import TopoFoundation

/// Whether units distinguish symmetric images from controls of the same content.
public struct SymmetrySensitivity: Sendable, Hashable {
  /// By unit: `(S - C) / (S + C)` of the mean responses after ReLU to symmetric images and controls,
  /// in [-1, 1]; undefined if both are 0.
  public let indices: [MeasuredValue]
  /// By unit: `(S - C) / sqrt((var_S + var_C) / 2)` after ReLU, variances of `ddof` 0; 0 if both
  /// variances are 0.
  public let dPrimes: [Double]

  /// The sensitivity of units.
  /// - Parameters:
  ///   - symmetric: responses to symmetric images, before or after ReLU.
  ///   - control: responses of the same units to the controls.
  public init(symmetric: Activations, control: Activations) {
    precondition(symmetric.units == control.units, "the same units")
    let (first, second) = (
      UnitMoments(symmetric.rectified()), UnitMoments(control.rectified())
    )
    indices = zip(first.means, second.means).map { s, c in
      s + c > 0 ? MeasuredValue((s - c) / (s + c)) : .undefined("unit does not respond")
    }
    dPrimes = (0..<symmetric.units).map { unit in
      let spread = ((first.variances[unit] + second.variances[unit]) / 2).squareRoot()
      return spread > 0 ? (first.means[unit] - second.means[unit]) / spread : 0
    }
  }

  /// Share of the units with `|d'|` above a threshold.
  public func sensitiveShare(above threshold: Double = 0.5) -> Double {
    Double(dPrimes.count { abs($0) > threshold }) / Double(dPrimes.count)
  }

  /// All measures of units with their summaries.
  /// - Parameter prefix: begins the names of the measures: `symmetry-patterns`.
  public func result(prefix: String) -> AnalysisResult {
    var result = AnalysisResult()
    let measures = Self.unitMeasures(prefix)
    measures[0].add(indices, to: &result)
    measures[1].add(dPrimes.map { MeasuredValue($0) }, to: &result)
    result.add("\(prefix)-sensitive-share", .value(sensitiveShare()))
    return result
  }

  /// Descriptions of the measures of `result`.
  public static func measures(prefix: String) -> [MeasureDescription] {
    unitMeasures(prefix).flatMap(\.descriptions) + [
      .init("\(prefix)-sensitive-share", "share of units with |d'| > 0.5", range: "[0, 1]")
    ]
  }

  private static func unitMeasures(_ prefix: String) -> [SummarizedMeasure] {
    [
      .units(
        "\(prefix)-index", "(S - C) / (S + C), mean a to symmetric images and to controls",
        range: "[-1, 1]", undefined: "the unit does not respond"),
      .units(
        "\(prefix)-d-prime", "(S - C) / sqrt((var_S + var_C) / 2) of a; 0 without variance",
        range: "(-inf, inf)"),
    ]
  }
}
