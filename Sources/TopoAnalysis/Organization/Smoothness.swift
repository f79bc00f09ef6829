import TopoFoundation

/// Smoothness of maps after TDANN: how much less near units differ than units at the distance where
/// they differ most.
///
/// `S = (max c - c_1) / max c` with `c_k` the mean of `|m_u - m_v|` over the pairs in distance bin
/// `k`, over bins with at least 30 pairs, of which bin 1 is the nearest. It takes a maximum, so that
/// it is above 0 for random maps too: compare it with shuffled ones. Source: Margalit et al., "A
/// unifying framework for functional organization in early and higher ventral visual cortex", 2024,
/// where constant maps have 1; here they are undefined.
public struct Smoothness: Sendable {
  /// Distance bins of the layout.
  public let bins: DistanceBins
  /// The period of the maps' values, such as 180 for orientations in degrees, whose differences are
  /// then at most half of it; nil for other values.
  public let period: Double?

  /// The measure for a layout.
  public init(_ bins: DistanceBins, period: Double? = nil) {
    (self.bins, self.period) = (bins, period)
  }

  /// The smoothness of a map, `[units]`.
  /// - Parameter units: those that have a value, ascending; by default all. Others do not count.
  public func value(of map: [Double], units: [Int]? = nil) -> MeasuredValue {
    precondition(map.count == bins.units, "a map has one value per unit")
    let units = units ?? Array(0..<bins.units)
    if let reason = undefinedReason(map, units) { return .undefined(reason) }
    return smoothness(curve(of: map, units: units))
  }

  /// The smoothness of a map beside that of maps whose values are shuffled.
  public func null(
    of map: [Double], units: [Int]? = nil, shuffles: Permutations
  ) -> PermutationNull? {
    let units = units ?? Array(0..<bins.units)
    guard let observed = value(of: map, units: units).number else { return nil }
    let values = shuffles.map(members: units, of: bins.units) { places in
      smoothness(curve(of: places.map { map[Int($0)] }, units: units)).number
    }
    return PermutationNull(observed: observed, values: values, tail: .upper)
  }

  /// By bin: the mean difference of the pairs in it; nil for fewer than 30 pairs.
  public func curve(of map: [Double], units: [Int]? = nil) -> [Double?] {
    var sums = [Double](repeating: 0, count: bins.counts.count)
    var counts = [Int](repeating: 0, count: bins.counts.count)
    let half = period.map { $0 / 2 } ?? .infinity
    let units = units ?? Array(0..<bins.units)
    map.withUnsafeBufferPointer { map in
      bins.indices.withUnsafeBufferPointer { indices in
        guard !indices.isEmpty else { return }
        for position in 0..<units.count {
          let (value, row) = (map[units[position]], units[position] * bins.units)
          for other in (position + 1)..<max(units.count, position + 1) {
            var difference = abs(value - map[units[other]])
            if let period, difference > half {
              difference = difference.truncatingRemainder(dividingBy: period)
              if difference > half { difference = period - difference }
            }
            let bin = Int(indices[row + units[other]])
            sums[bin] += difference
            counts[bin] += 1
          }
        }
      }
    }
    return zip(sums, counts).map {
      $1 >= DistanceBins.fewestPairs ? $0 / Double($1) : nil
    }
  }

  private func smoothness(_ curve: [Double?]) -> MeasuredValue {
    let defined = curve.compactMap { $0 }
    guard defined.count > 1, let largest = defined.max() else {
      return .undefined("fewer than two distances have 30 pairs of units")
    }
    guard largest > 0 else { return .undefined("constant map") }
    return MeasuredValue((largest - defined[0]) / largest)
  }

  private func undefinedReason(_ map: [Double], _ units: [Int]) -> String? {
    let values = units.map { map[$0] }
    guard !values.isEmpty else { return "no unit has a value" }
    let mean = Statistics.mean(values)
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    guard squares.isFinite else { return "map is not finite" }
    return squares > 1e-12 * Double(values.count) * max(1, mean * mean) ? nil : "constant map"
  }
}
