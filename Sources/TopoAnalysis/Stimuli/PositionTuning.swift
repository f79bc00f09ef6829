import TopoFoundation
import TopoStatistics

/// Whether units distinguish positions of patches, and which eccentricity they prefer.
///
/// Units that read a global average pool hardly distinguish positions away from the border: they are
/// a negative control.
public struct PositionTuning: Sendable, Hashable {
  /// By unit: the p value of an analysis of variance of the responses before ReLU over positions, with
  /// patches as samples; undefined if all responses are equal.
  public let probabilities: [MeasuredValue]
  /// By unit: the p value adjusted for the number of units (Benjamini and Hochberg).
  public let adjusted: [MeasuredValue]
  /// By unit: the eccentricity with the largest mean response, the smallest of equal ones; undefined
  /// unless `adjusted` is at most 0.05.
  public let eccentricities: [MeasuredValue]

  /// The tuning of units.
  /// - Parameter responses: to the stimuli's images, in their order.
  public init(_ responses: Activations, stimuli: PositionStimuli) {
    let (positions, exemplars) = (stimuli.positions.count, stimuli.exemplars)
    precondition(responses.images == positions * exemplars, "a response per stimulus")
    let units = UnitColumns.map(responses) { _, column in
      let groups = (0..<positions).map { position in
        column[position * exemplars..<(position + 1) * exemplars].map(Double.init)
      }
      return (p: Self.probability(groups), means: groups.map(Statistics.mean))
    }
    probabilities = units.map(\.p)
    adjusted = zip(FalseDiscoveryRate.adjusted(units.map(\.p.number)), units).map { value, unit in
      value.map { .value($0) } ?? unit.p
    }
    eccentricities = zip(adjusted, units).map { adjusted, unit in
      guard let value = adjusted.number, value <= 0.05 else {
        return .undefined("unit does not distinguish positions")
      }
      var best = (ring: 0, mean: -Double.infinity)
      for ring in stimuli.eccentricities.indices {
        let means = stimuli.positions.indices.filter { stimuli.positions[$0].ring == ring }
          .map { unit.means[$0] }
        let mean = Statistics.mean(means)
        if mean > best.mean { best = (ring, mean) }
      }
      return .value(stimuli.eccentricities[best.ring])
    }
  }

  /// The p value of a one-way analysis of variance of groups of one size.
  static func probability(_ groups: [[Double]]) -> MeasuredValue {
    let (count, size) = (groups.count, groups.first?.count ?? 0)
    guard count > 1, size > 1 else { return .undefined("there are too few positions or patches") }
    let means = groups.map(Statistics.mean)
    let mean = Statistics.mean(means)
    let between = Double(size) * means.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    var within = 0.0
    for (group, mean) in zip(groups, means) {
      for value in group { within += (value - mean) * (value - mean) }
    }
    let scale = groups.reduce(0) { $0 + $1.reduce(0) { $0 + $1 * $1 } }
    guard between + within > 1e-12 * scale else { return .undefined("unit is constant") }
    guard within > 0 else { return .value(0) }
    let (above, below) = (Double(count - 1), Double(count * (size - 1)))
    return MeasuredValue(
      FDistribution.upperTail(
        between / above / (within / below), numerator: above, denominator: below))
  }

  /// Share of the units that distinguish positions at a false discovery rate of 0.05.
  public var tunedShare: Double {
    Double(eccentricities.count { $0.number != nil }) / Double(eccentricities.count)
  }

  /// All measures of units with their summaries.
  public var result: AnalysisResult {
    var result = AnalysisResult()
    result.add(units: "position-p", probabilities)
    result.add(units: "position-q", adjusted)
    Self.eccentricity.add(eccentricities, to: &result)
    result.add("position-tuned-share", .value(tunedShare))
    return result
  }

  /// Descriptions of the measures of `result`.
  public static let measures: [MeasureDescription] =
    [
      .init(
        "position-p", "p of the one-way analysis of variance of z over positions", range: "[0, 1]",
        undefined: "the unit is constant", isPerUnit: true),
      .init(
        "position-q", "position-p, adjusted over units (Benjamini and Hochberg)", range: "[0, 1]",
        undefined: "the unit is constant", isPerUnit: true),
    ] + eccentricity.descriptions + [
      .init("position-tuned-share", "share of units with position-q <= 0.05", range: "[0, 1]")
    ]

  private static let eccentricity = SummarizedMeasure.units(
    "position-eccentricity", "eccentricity with the largest mean z of tuned units",
    unit: "half sides", range: "[0, 1]", undefined: "the unit does not distinguish positions")
}
