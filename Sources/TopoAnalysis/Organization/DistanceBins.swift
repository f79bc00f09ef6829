/// Pairs of units in bins of distance one step wide: bin `k` has distances from `k - 1/2` to less
/// than `k + 1/2` steps. Bin 0 has pairs only if units lie nearly on top of one another.
///
/// There are at most 1,001 bins: in layouts that extend further, bins are a thousandth of the
/// largest distance wide.
public struct DistanceBins: Sendable, Hashable {
  /// Number of units.
  public let units: Int
  /// The width of a bin; nil if all units are in one place.
  public let width: Double?
  /// Number of pairs `first < second` in each bin.
  public let counts: [Int]
  /// The bin of each pair, dense `[unit, unit]`.
  let indices: [UInt16]

  /// The fewest pairs in a bin that measures use.
  public static let fewestPairs = 30

  /// The bins of some distances.
  public init(_ distances: UnitDistances) {
    units = distances.units
    guard let step = distances.step else {
      width = nil
      counts = []
      indices = []
      return
    }
    let width = max(step, (distances.values.max() ?? 0) / 1000)
    var indices = [UInt16](repeating: 0, count: distances.values.count)
    for index in indices.indices {
      indices[index] = UInt16(distances.values[index] / width + 0.5)
    }
    var counts = [Int](repeating: 0, count: Int(indices.max() ?? 0) + 1)
    for first in 0..<distances.units {
      for second in (first + 1)..<max(distances.units, first + 1) {
        counts[Int(indices[first * distances.units + second])] += 1
      }
    }
    (self.width, self.counts, self.indices) = (width, counts, indices)
  }

  /// The bin of a pair of units.
  public func bin(_ first: Int, _ second: Int) -> Int { Int(indices[first * units + second]) }
}
