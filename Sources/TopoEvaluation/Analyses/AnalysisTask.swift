import TopoAnalysis

/// An analysis of all networks.
public struct AnalysisTask: EvaluationTask {
  /// What is analyzed.
  public enum Kind: Sendable {
    /// The layer of each network.
    case layers(any Analysis)
    /// The networks, together or by their logits.
    case networks(NetworkAnalysis)
  }

  /// What is analyzed.
  public var kind: Kind
  /// Whether opposite edges of the sheet meet, as on a torus.
  public var wraps = false
  /// How people classified the images; nil if unknown.
  public var people: ExternalSoftLabels?

  /// A task.
  public init(_ kind: Kind, wraps: Bool = false, people: ExternalSoftLabels? = nil) {
    (self.kind, self.wraps, self.people) = (kind, wraps, people)
  }

  /// The name of the analysis.
  var name: String {
    switch kind {
    case .layers(let analysis): type(of: analysis).name
    case .networks(let analysis): analysis.name
    }
  }

  public var label: String { TaskKey.analyses + name }
  public var severity: Double { 0 }
  public var title: String { label }

  /// The analysis of networks; nil for one of layers.
  var networkAnalysis: NetworkAnalysis? {
    if case .networks(let analysis) = kind { analysis } else { nil }
  }
}
