import TopoAnalysis
import TopoFoundation
import TopoNetworks

/// What an analysis found out about the units of a network beyond values of the whole layer: rows
/// of `units.csv`, and of the tables in the folder `analyses`.
public struct LayerFindings: Sendable, Hashable, Codable {
  /// The network, as the fields of `NetworkIdentity`.
  public var network: [String]
  /// Coordinates of each unit, row and column on a sheet; empty without a layout.
  public var positions: [[Double]]
  /// Values of all units.
  public var units: [AnalysisResult.UnitColumn]
  /// Curves, histograms and matrices.
  public var tables: [AnalysisResult.Table]

  /// The findings of an analysis.
  public init(_ network: NetworkIdentity, _ layer: LayerData, _ result: AnalysisResult) {
    self.network = network.fields
    positions = layer.layout?.positions ?? []
    (units, tables) = (result.units, result.tables)
  }

  /// Whether there is nothing to write.
  var isEmpty: Bool { units.isEmpty && tables.isEmpty }
}
