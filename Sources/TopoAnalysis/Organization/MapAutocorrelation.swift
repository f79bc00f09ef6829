import TopoFoundation
import TopoSheets

/// Spatial autocorrelation of many maps of one layout: the means over maps of Moran's I, with
/// binary and with row-standardized weights, and of Geary's C.
public struct MapAutocorrelation: Sendable, Hashable {
  /// Mean of Moran's I with binary weights.
  public let moransI: MeasuredValue
  /// Mean of Moran's I with row-standardized weights.
  public let rowStandardized: MeasuredValue
  /// Mean of Geary's C.
  public let gearysC: MeasuredValue
  /// Maps without values, which the means skip: those that are constant.
  public let undefined: Int

  /// The means over maps.
  /// - Parameters:
  ///   - maps: `[n, units]`, one map after the other.
  ///   - neighbors: by unit, the indices of its neighbors; the relation is symmetric.
  public init(of maps: [Float], neighbors: [[Int]]) {
    let binary = MoransI(neighbors: neighbors).average(of: maps)
    moransI = binary.mean
    undefined = binary.undefined
    rowStandardized = MoransI(neighbors: neighbors, rowStandardized: true).average(of: maps).mean
    gearysC =
      DefinedMean(GearysC(neighbors: neighbors).values(of: maps), orUndefined: "no maps").mean
  }

  /// The means over maps in Float64.
  public init(of maps: [[Double]], neighbors: [[Int]]) {
    func mean(_ value: ([Double]) -> MeasuredValue) -> DefinedMean {
      DefinedMean(maps.map(value), orUndefined: "no maps")
    }
    let binary = mean(MoransI(neighbors: neighbors).value)
    (moransI, undefined) = (binary.mean, binary.undefined)
    rowStandardized = mean(MoransI(neighbors: neighbors, rowStandardized: true).value).mean
    gearysC = mean(GearysC(neighbors: neighbors).value).mean
  }
}
