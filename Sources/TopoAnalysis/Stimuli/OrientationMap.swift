import Foundation
import TopoFoundation
import TopoSheets

/// Preferred orientations of the units of a layer.
///
/// ```swift
/// let map = OrientationMap(tuning.curves.map(\.preferred))
/// map.moransI(on: layout)      // 1 if neighbors prefer the same, 0 without order
/// ```
public struct OrientationMap: Sendable, Hashable {
  /// By unit: degrees, in [0, 180), or why there are none.
  public let preferred: [MeasuredValue]

  /// Orientations of all units.
  public init(_ preferred: [MeasuredValue]) { self.preferred = preferred }

  /// Indices of the units that prefer an orientation.
  public var tuned: [Int] { preferred.indices.filter { preferred[$0].number != nil } }

  /// Degrees between two orientations, in [0, 90].
  public static func difference(_ first: Double, _ second: Double) -> Double {
    let turned = abs(first - second).truncatingRemainder(dividingBy: 180)
    return min(turned, 180 - turned)
  }

  /// Circular Moran's I: the mean of Moran's I (binary weights) of `cos 2 theta` and `sin 2 theta`
  /// over the units that prefer an orientation; a constant one of the two does not count.
  public func moransI(on layout: UnitLayout) -> MeasuredValue {
    let tuned = tuned
    guard !tuned.isEmpty else { return .undefined("no unit prefers an orientation") }
    var index = [Int](repeating: -1, count: preferred.count)
    for (place, unit) in tuned.enumerated() { index[unit] = place }
    let order = MoransI(
      neighbors: tuned.map { unit in layout.neighbors[unit].map { index[$0] }.filter { $0 >= 0 } })
    let angles = tuned.compactMap { preferred[$0].number.map { $0 * .pi / 90 } }
    let values = [order.value(of: angles.map { cos($0) }), order.value(of: angles.map { sin($0) })]
    let numbers = values.compactMap(\.number)
    return numbers.isEmpty ? values[0] : MeasuredValue(Statistics.mean(numbers))
  }

  /// Mean difference of the orientations of neighbors, in degrees; 45 without order.
  public func neighborDifference(on layout: UnitLayout) -> MeasuredValue {
    var (sum, count) = (0.0, 0)
    for (first, second) in layout.pairs {
      guard let a = preferred[first].number, let b = preferred[second].number else { continue }
      sum += Self.difference(a, b)
      count += 1
    }
    return count > 0
      ? MeasuredValue(sum / Double(count))
      : .undefined("no two neighbors prefer an orientation")
  }

  /// Mean difference of the orientations of pairs of units by their distance.
  ///
  /// Distances are those of `DistanceBins`; bins without a pair of tuned units are left out.
  public func differenceByDistance(
    on layout: UnitLayout
  ) -> [(distance: Double, pairs: Int, degrees: Double)] {
    differenceByDistance(DistanceBins(UnitDistances(layout)))
  }

  private func differenceByDistance(
    _ bins: DistanceBins
  ) -> [(distance: Double, pairs: Int, degrees: Double)] {
    guard let width = bins.width else { return [] }
    let angles = preferred.map { $0.number ?? .nan }
    var pairs = [Int](repeating: 0, count: bins.counts.count)
    var sums = [Double](repeating: 0, count: bins.counts.count)
    let tuned = tuned
    for (place, first) in tuned.enumerated() {
      for second in tuned[(place + 1)...] {
        let bin = bins.bin(first, second)
        pairs[bin] += 1
        sums[bin] += Self.difference(angles[first], angles[second])
      }
    }
    return pairs.indices.filter { pairs[$0] > 0 }.map {
      (Double($0) * width, pairs[$0], sums[$0] / Double(pairs[$0]))
    }
  }

  /// How much less the orientations of near units differ than those of units at the distance where
  /// they differ most, beside the same of orientations that tuned units exchange.
  func smoothness(_ bins: DistanceBins, shuffles: Int, seed: UInt64 = 0) -> MapSmoothness {
    let tuned = tuned
    let empty = "no unit prefers an orientation"
    return MapSmoothness(
      tuned.isEmpty ? [] : [preferred.map { $0.number ?? 0 }], units: tuned,
      Smoothness(bins, period: 180),
      shuffles: Permutations(
        count: shuffles, seed: seed, stream: UnitsStream.orientationSmoothness),
      orUndefined: empty)
  }

  /// Share of tuned units whose orientation is within 22.5 degrees of horizontal or vertical; 0.5
  /// without a bias.
  public var cardinalShare: MeasuredValue {
    let angles = preferred.compactMap(\.number)
    guard !angles.isEmpty else { return .undefined("no unit prefers an orientation") }
    let cardinal = angles.count {
      min(Self.difference($0, 0), Self.difference($0, 90)) <= 22.5
    }
    return .value(Double(cardinal) / Double(angles.count))
  }

  /// Number of units by preferred orientation, in equal bins whose centers are 0, 180/bins, ...
  public func histogram(bins: Int = 16) -> [Int] {
    var counts = [Int](repeating: 0, count: bins)
    for angle in preferred.compactMap(\.number) {
      counts[Int((angle / 180 * Double(bins) + 0.5).rounded(.down)) % bins] += 1
    }
    return counts
  }

  /// Adds all measures to a result.
  /// - Parameter shuffles: for the null of smoothness.
  func add(
    to result: inout AnalysisResult, prefix: String, layout: UnitLayout?, shuffles: Int
  ) {
    let bins = layout.map { DistanceBins(UnitDistances($0)) }
    let unknown = MeasuredValue.undefined("the layer has no positions")
    result.add("\(prefix)-tuned-fraction", .value(Double(tuned.count) / Double(preferred.count)))
    result.add("\(prefix)-cardinal-share", cardinalShare)
    result.add("\(prefix)-orientation-morans-i", layout.map { moransI(on: $0) } ?? unknown)
    result.add(
      "\(prefix)-orientation-neighbor-difference",
      layout.map { neighborDifference(on: $0) } ?? unknown)
    let smooth = bins.map { smoothness($0, shuffles: shuffles).all }
    for (index, measure) in Self.smoothnessMeasures(prefix: prefix).enumerated() {
      result.add(measure.name, smooth?[index] ?? unknown)
    }
    let counts = histogram()
    result.tables.append(
      .init(
        "\(prefix)-orientation-histogram", columns: ["degrees", "units"],
        rows: counts.enumerated().map { index, count in
          [180 * Double(index) / Double(counts.count), Double(count)]
        }))
    guard let bins else { return }
    result.tables.append(
      .init(
        "\(prefix)-orientation-by-distance", columns: ["distance", "pairs", "degrees"],
        rows: differenceByDistance(bins).map { [$0.distance, Double($0.pairs), $0.degrees] }))
  }

  /// Descriptions of the measures of a map.
  static func measures(prefix: String) -> [MeasureDescription] {
    [
      .init(
        "\(prefix)-tuned-fraction", "share of units that prefer an orientation", range: "[0, 1]"),
      .init(
        "\(prefix)-cardinal-share",
        "share of tuned units within 22.5 degrees of horizontal or vertical", range: "[0, 1]",
        undefined: "no unit prefers an orientation"),
      .init(
        "\(prefix)-orientation-morans-i",
        "mean of Moran's I of cos 2 theta and sin 2 theta, binary weights", range: "[-1, 1]",
        undefined: "the layer has no positions or the map is constant"),
      .init(
        "\(prefix)-orientation-neighbor-difference",
        "mean of |theta_u - theta_v|, folded to [0, 90], over pairs of neighbors", unit: "degrees",
        range: "[0, 90]", undefined: "no two neighbors prefer an orientation"),
    ] + smoothnessMeasures(prefix: prefix)
  }

  private static func smoothnessMeasures(prefix: String) -> [MeasureDescription] {
    MapSmoothness.measures(
      "\(prefix)-orientation-smoothness",
      "(max c - c_1) / max c, c_k the mean of |theta_u - theta_v|, folded to [0, 90], in distance "
        + "bin k of at least 30 pairs of tuned units",
      undefined: "the layer has no positions, or pairs of tuned units are too few or all alike")
  }
}
