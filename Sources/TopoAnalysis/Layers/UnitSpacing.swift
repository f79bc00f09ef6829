/// The distance between units that are next to each other: the median over units of the distance to
/// the nearest unit at another place.
public enum UnitSpacing {
  /// The spacing of positions on the plane of their first two coordinates, for pictures; 1 if all
  /// are in one place. Of many units, at most 512 at equal distances in the list count.
  public static func onPlane(_ positions: [[Double]]) -> Double {
    let points = positions.map { ($0.first ?? 0, $0.count > 1 ? $0[1] : 0) }
    let stride = max(1, positions.count / 256)
    let nearest = Swift.stride(from: 0, to: positions.count, by: stride).map { unit in
      var least = Double.infinity
      for point in points {
        let (down, across) = (point.0 - points[unit].0, point.1 - points[unit].1)
        let square = down * down + across * across
        if square > 0 { least = min(least, square) }
      }
      return least.squareRoot()
    }
    return median(nearest) ?? 1
  }

  /// The median of the distances of units to their nearest at another place; nil without any.
  /// - Parameter nearest: infinite for a unit with no other place.
  static func median(_ nearest: [Double]) -> Double? {
    let sorted = nearest.filter(\.isFinite).sorted()
    return sorted.isEmpty ? nil : (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
  }
}
