import TopoFoundation
import TopoSheets
import TopoStatistics

/// How much the maps of two sheets agree, unit by unit: class-mean maps, say.
///
/// The mean over maps of Pearson's correlation over units. Networks that learn the same maps may
/// show them in any of the sheet's orientations: `aligned` is the largest value over the symmetries
/// of the sheet, one for all maps. It is biased upward, which `MoranRandomization` accounts for.
public struct MapConsistency: Sendable, Hashable {
  /// The mean correlation at equal positions.
  public let correlation: MeasuredValue
  /// The largest mean correlation over symmetries; undefined if the units are on no grid.
  public let aligned: MeasuredValue
  /// The symmetry that moves the second maps to the largest correlation.
  public let symmetry: SheetSymmetry?
  /// Number of pairs of maps of which one is constant or missing; they are skipped.
  public let undefinedMaps: Int

  /// Compares maps.
  /// - Parameters:
  ///   - first: maps of the first layer, one value per unit each; nil for one that is missing.
  ///   - second: as many of the second layer, whose units are at the same positions.
  ///   - sheet: the grid that the units fill, if they do.
  public init(_ first: [[Double]?], _ second: [[Double]?], sheet: Sheet?) {
    precondition(first.count == second.count, "as many maps")
    let pairs = zip(first, second).compactMap { a, b -> ([Double], [Double])? in
      guard let a, let b, let x = StandardizedVector(a).values,
        let y = StandardizedVector(b).values
      else { return nil }
      return (x, y)
    }
    undefinedMaps = first.count - pairs.count
    correlation = Self.mean(pairs, order: nil)
    guard let sheet else {
      (aligned, symmetry) = (.undefined("units are not on a grid"), nil)
      return
    }
    var (best, bestSymmetry): (MeasuredValue, SheetSymmetry?) = (correlation, nil)
    for symmetry in SheetSymmetry.all(of: sheet) {
      let value = Self.mean(pairs, order: symmetry.order(on: sheet))
      if let number = value.number, bestSymmetry == nil || number > best.number ?? -2 {
        (best, bestSymmetry) = (value, symmetry)
      }
    }
    (aligned, symmetry) = (best, bestSymmetry)
  }

  private static func mean(
    _ pairs: [([Double], [Double])], order: [Int]?
  ) -> MeasuredValue {
    guard !pairs.isEmpty else { return .undefined("constant maps") }
    var total = 0.0
    for (x, y) in pairs {
      var sum = 0.0
      if let order {
        for unit in x.indices { sum += x[unit] * y[order[unit]] }
      } else {
        for unit in x.indices { sum += x[unit] * y[unit] }
      }
      total += min(max(sum, -1), 1)
    }
    return .value(total / Double(pairs.count))
  }
}
