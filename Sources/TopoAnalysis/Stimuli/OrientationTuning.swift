import TopoFoundation

/// The tuning of units to orientation, from their responses to `OrientationStimuli`.
///
/// ```swift
/// let stimuli = OrientationStimuli.gratings(shape)
/// // responses: of the network to stimuli.images, dense [stimulus, unit]
/// let tuning = OrientationTuning(responses, stimuli: stimuli)
/// tuning.curves[0].preferred      // degrees
/// ```
public struct OrientationTuning: Sendable, Hashable {
  /// How the responses to the phases of a grating become one.
  public enum Pooling: String, Sendable, Hashable, CaseIterable {
    /// Their mean.
    case mean
    /// The largest.
    case largest
  }

  /// By unit: the responses to the orientations at its best wavelength, after ReLU.
  public let curves: [TuningCurve]
  /// By unit: index of the wavelength with the largest response to any orientation; the shortest of
  /// equal ones.
  public let wavelengths: [Int]
  /// The stimuli's wavelengths in pixels; empty for bars.
  public let pixels: [Double]

  /// The tuning of units.
  /// - Parameters:
  ///   - responses: to the stimuli's images, in their order, before or after ReLU.
  ///   - pooling: of the phases, after ReLU.
  ///   - blank: the responses to the stimuli's blank image, by unit. They are subtracted before ReLU.
  public init(
    _ responses: Activations, stimuli: OrientationStimuli, pooling: Pooling = .mean,
    blank: [Float]? = nil
  ) {
    precondition(responses.images == stimuli.stimuli.count, "a response per stimulus")
    precondition(blank.map { $0.count == responses.units } ?? true, "a blank response per unit")
    let (orientations, count) = (stimuli.orientations, max(stimuli.wavelengths.count, 1))
    let phases = stimuli.stimuli.count / (orientations * count)
    var (curves, best) = ([TuningCurve](), [Int]())
    for unit in 0..<responses.units {
      // Dense [wavelength, orientation].
      var pooled = [Double](repeating: 0, count: count * orientations)
      let rest = Double(blank?[unit] ?? 0)
      for (image, stimulus) in stimuli.stimuli.enumerated() {
        let response = max(Double(responses[image, unit]) - rest, 0)
        let place = stimulus.wavelength * orientations + stimulus.orientation
        switch pooling {
        case .mean: pooled[place] += response / Double(phases)
        case .largest: pooled[place] = max(pooled[place], response)
        }
      }
      var (chosen, largest) = (count - 1, -1.0)
      for wavelength in (0..<count).reversed() {
        let peak = pooled[wavelength * orientations..<(wavelength + 1) * orientations].max() ?? 0
        if peak > largest { (chosen, largest) = (wavelength, peak) }
      }
      best.append(chosen)
      curves.append(
        TuningCurve(Array(pooled[chosen * orientations..<(chosen + 1) * orientations])))
    }
    (self.curves, wavelengths, pixels) = (curves, best, stimuli.wavelengths)
  }

  /// The preferred orientations as a map.
  public var map: OrientationMap { OrientationMap(curves.map(\.preferred)) }

  /// All measures of units with their summaries, and of the map if there is a layout.
  /// - Parameters:
  ///   - prefix: begins the names of the measures: `grating` or `bar`.
  ///   - shuffles: of the map, for the null of its smoothness.
  public func result(
    prefix: String, layout: UnitLayout?, shuffles: Int = 100
  ) -> AnalysisResult {
    var result = AnalysisResult()
    let measures = Self.unitMeasures(prefix)
    let values: [[MeasuredValue]] = [
      curves.map(\.preferred), curves.map(\.globalSelectivity), curves.map(\.circularVariance),
      curves.map(\.selectivity), curves.map { $0.bandwidth() },
      curves.map { $0.bandwidth(at: .halfOfPeak) }, curves.map { $0.bandwidth(at: .rootOfPeak) },
    ]
    result.add(units: "\(prefix)-orientation", values[0])
    for (measure, values) in zip(measures, values.dropFirst()) { measure.add(values, to: &result) }
    if !pixels.isEmpty {
      result.add(
        units: "\(prefix)-wavelength",
        zip(curves, wavelengths).map { curve, index in
          curve.peak == nil ? .undefined("unit does not respond") : .value(pixels[index])
        })
    }
    map.add(to: &result, prefix: prefix, layout: layout, shuffles: shuffles)
    return result
  }

  /// Descriptions of the measures of `result`.
  public static func measures(prefix: String) -> [MeasureDescription] {
    [
      .init(
        "\(prefix)-orientation", "arg(sum R e^(2 i theta)) / 2", unit: "degrees", range: "[0, 180)",
        undefined: "the unit does not respond or responds equally all around", isPerUnit: true)
    ] + unitMeasures(prefix).flatMap(\.descriptions)
      + (prefix == "bar"
        ? []
        : [
          .init(
            "\(prefix)-wavelength", "wavelength with the largest mean response over phases",
            unit: "pixels", range: "(0, inf)", undefined: "the unit does not respond",
            isPerUnit: true)
        ]) + OrientationMap.measures(prefix: prefix)
  }

  private static func unitMeasures(_ prefix: String) -> [SummarizedMeasure] {
    let silent = "the unit does not respond"
    func bandwidth(_ suffix: String, _ height: String) -> SummarizedMeasure {
      .units(
        "\(prefix)-bandwidth\(suffix)", "half width of R(theta) at \(height), mean of both sides",
        unit: "degrees", range: "(0, 90]",
        undefined: "the unit does not respond, is flat, or does not fall so far")
    }
    return [
      .units(
        "\(prefix)-global-selectivity", "|sum R e^(2 i theta)| / sum R (gOSI)", range: "[0, 1]",
        undefined: silent, source: "Ringach et al. 2002"),
      .units(
        "\(prefix)-circular-variance", "1 - |sum R e^(2 i theta)| / sum R", range: "[0, 1]",
        undefined: silent, source: "Ringach et al. 2002"),
      .units(
        "\(prefix)-selectivity", "(R_best - R_orthogonal) / (R_best + R_orthogonal) (OSI)",
        range: "[0, 1]", undefined: silent, source: "Niell and Stryker 2008"),
      bandwidth("", "(min R + max R) / 2"), bandwidth("-half-of-peak", "max R / 2"),
      bandwidth("-root-of-peak", "max R / sqrt 2"),
    ]
  }
}
