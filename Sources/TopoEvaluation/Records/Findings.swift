import TopoAnalysis

/// What analyses found out beyond values of whole layers.
public struct Findings: Sendable, Hashable, Codable {
  /// About the units of each network.
  public var layers: [LayerFindings]
  /// About all pairs of networks.
  public var similarities: [PopulationSimilarities]

  /// Findings; none by default.
  public init(layers: [LayerFindings] = [], similarities: [PopulationSimilarities] = []) {
    (self.layers, self.similarities) = (layers.filter { !$0.isEmpty }, similarities)
  }

  /// Whether there is nothing to write.
  public var isEmpty: Bool { layers.isEmpty && similarities.isEmpty }

  /// Adds the findings of another task.
  public mutating func append(_ other: Findings) {
    layers += other.layers
    similarities += other.similarities
  }
}
