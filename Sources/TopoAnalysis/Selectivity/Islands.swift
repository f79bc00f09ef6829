import TopoFoundation
import TopoSheets

/// Large patches of selective units as maps: 1 in patches of at least 8 units, 0 elsewhere.
///
/// Moran's I of such a map shows whether selective units form few compact regions; it was introduced
/// with Topo-Omni (EPFL, 2026).
public enum Islands {
  /// The fewest units of an island.
  public static let fewestUnits = 8

  /// The map of islands, `[unit]`.
  public static func map(_ isSelected: [Bool], finder: PatchFinder, fewestUnits: Int = fewestUnits)
    -> [Double]
  {
    var map = [Double](repeating: 0, count: finder.units)
    for patch in finder.patches(isSelected, minimum: fewestUnits) {
      for unit in patch { map[unit] = 1 }
    }
    return map
  }

  /// Moran's I of the map of islands; undefined without islands.
  public static func moransI(
    _ isSelected: [Bool], finder: PatchFinder, statistic: MoransI, fewestUnits: Int = fewestUnits
  ) -> MeasuredValue {
    let map = map(isSelected, finder: finder, fewestUnits: fewestUnits)
    guard map.contains(1) else { return .undefined("no patch has \(fewestUnits) units") }
    return statistic.value(of: map)
  }
}
