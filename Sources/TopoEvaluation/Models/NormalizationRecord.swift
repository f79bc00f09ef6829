import TopoData

/// The constants that images were normalized by, for the provenance of metrics.
public enum NormalizationRecord {
  /// The constants by name: `normalization-mean` and `normalization-standard-deviation` if they are the same
  /// for all networks, otherwise those of each network.
  /// - Parameter fallback: normalization for networks that do not record that of their training.
  public static func of(
    _ models: [EvaluatedModel], fallback: Normalization
  ) -> [String: String] {
    let applied = models.map { $0.normalization ?? fallback }
    guard Set(applied).count > 1 else { return texts(applied.first ?? fallback, of: "") }
    return zip(models, applied).reduce(into: [:]) { all, entry in
      let (model, normalization) = entry
      all.merge(texts(normalization, of: " of \(model.condition)/seed-\(model.seed)")) { $1 }
    }
  }

  private static func texts(_ normalization: Normalization, of name: String) -> [String: String] {
    func list(_ numbers: [Float]) -> String { numbers.map { "\($0)" }.joined(separator: " ") }
    return [
      "normalization-mean" + name: list(normalization.mean),
      "normalization-standard-deviation" + name: list(normalization.standardDeviation),
    ]
  }
}
