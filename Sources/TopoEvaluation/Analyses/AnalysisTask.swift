import TopoAnalysis

/// An analysis of all networks.
public struct AnalysisTask: EvaluationTask {
  /// The analysis.
  public var analysis: any Analysis

  public var label: String { "analysis/\(type(of: analysis).name)" }
  public var severity: Double { 0 }
  public var title: String { label }
}
