import TopoFoundation

/// How the correlations of all pairs of units are distributed.
public struct CorrelationDistribution: Sendable, Hashable {
  /// Number of units without correlations, because their responses are constant.
  public let undefinedUnits: Int
  /// Mean over pairs of units.
  public let mean: MeasuredValue
  /// Standard deviation over pairs (`ddof` 0).
  public let standardDeviation: MeasuredValue
  /// Mean over pairs of neighbors.
  public let neighbors: MeasuredValue
  /// Number of pairs with `r` in each of 40 bins on [-1, 1]; the last one includes 1.
  public let histogram: [Int]
  /// Fraction of pairs with `|r| > 0.9`.
  public let strong: MeasuredValue
  /// Fraction of pairs with `r > 0.5`.
  public let positive: MeasuredValue
  /// Fraction of pairs with `r < -0.5`.
  public let negative: MeasuredValue
  /// Sarle's bimodality coefficient of the correlations.
  public let bimodality: MeasuredValue
  /// Hartigan's dip of the correlations.
  public let dip: MeasuredValue

  /// The distribution of some correlations.
  /// - Parameter layout: where the units are; nil if unknown.
  public init(_ correlations: CorrelationMatrix, layout: UnitLayout?) {
    let pairs = correlations.pairs
    undefinedUnits = correlations.units - correlations.defined.count
    let empty = "fewer than two units respond differently to different images"
    func measured(_ value: Double) -> MeasuredValue { .init(value, orUndefined: empty) }
    mean = measured(Statistics.mean(pairs))
    standardDeviation = measured(Statistics.standardDeviation(pairs))
    func fraction(_ isCounted: (Double) -> Bool) -> MeasuredValue {
      measured(Double(pairs.count(where: isCounted)) / Double(pairs.count))
    }
    strong = fraction { abs($0) > 0.9 }
    positive = fraction { $0 > 0.5 }
    negative = fraction { $0 < -0.5 }
    var histogram = [Int](repeating: 0, count: Self.bins)
    for value in pairs { histogram[min(Int((value + 1) * 20), Self.bins - 1)] += 1 }
    self.histogram = histogram
    bimodality = pairs.isEmpty ? .undefined(empty) : BimodalityCoefficient.value(of: pairs)
    dip = pairs.isEmpty ? .undefined(empty) : HartigansDip.value(of: pairs)
    neighbors = Self.neighborMean(layout) { correlations[$0, $1] }
  }

  /// The mean over pairs of neighbors.
  /// - Parameter correlation: that of two units; nil if one of them has constant responses.
  static func neighborMean(
    _ layout: UnitLayout?, _ correlation: (_ first: Int, _ second: Int) -> Double?
  ) -> MeasuredValue {
    guard let layout else { return .undefined("the layer has no positions") }
    return DefinedMean(
      layout.pairs.compactMap { pair in
        correlation(pair.first, pair.second).map { .value($0) }
      }, orUndefined: "no neighbors have a correlation"
    ).mean
  }

  /// Number of bins of the histogram.
  public static let bins = 40
}
