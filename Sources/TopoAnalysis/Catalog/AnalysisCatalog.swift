import TopoFoundation

/// All analyses of layers.
public enum AnalysisCatalog {
  /// All kinds of analyses, in the order of results.
  public static let kinds: [any Analysis.Type] = [
    OrganizationAnalysis.self, SelectivityAnalysis.self, UnitsAnalysis.self,
  ]
}
