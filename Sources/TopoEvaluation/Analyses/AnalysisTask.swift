import TopoAnalysis

/// An analysis of all networks, or their comparison.
public struct AnalysisTask: EvaluationTask {
  /// The analysis of each network; nil for the comparison of all pairs.
  public var analysis: (any Analysis)?

  public var label: String {
    "analysis/\(analysis.map { type(of: $0).name } ?? AnalysisPart.comparison)"
  }
  public var severity: Double { 0 }
  public var title: String { label }
}
