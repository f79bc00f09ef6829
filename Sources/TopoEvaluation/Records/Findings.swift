import TopoAnalysis

/// What analyses found out beyond values of whole layers.
public struct Findings: Sendable, Hashable, Codable {
  /// About the units of each network.
  public var layers: [LayerFindings]
  /// About all pairs of networks.
  public var similarities: [PopulationSimilarities]
  /// About ensembles of networks.
  public var ensembles: [EnsembleSummary]

  /// Findings; none by default.
  public init(
    layers: [LayerFindings] = [], similarities: [PopulationSimilarities] = [],
    ensembles: [EnsembleSummary] = []
  ) {
    (self.layers, self.similarities) = (layers.filter { !$0.isEmpty }, similarities)
    self.ensembles = ensembles
  }

  /// Findings of a file. Files of earlier versions have no ensembles.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    layers = try values.decode([LayerFindings].self, forKey: .layers)
    similarities = try values.decode([PopulationSimilarities].self, forKey: .similarities)
    ensembles = try values.decodeIfPresent([EnsembleSummary].self, forKey: .ensembles) ?? []
  }

  /// Whether there is nothing to write.
  public var isEmpty: Bool { layers.isEmpty && similarities.isEmpty && ensembles.isEmpty }

  /// Adds the findings of another task.
  public mutating func append(_ other: Findings) {
    layers += other.layers
    similarities += other.similarities
    ensembles += other.ensembles
  }
}
