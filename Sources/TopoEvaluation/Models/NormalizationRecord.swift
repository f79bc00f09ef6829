import TopoData

/// What the provenance of metrics says of the constants that images were normalised by.
public enum NormalizationRecord {
  /// The constants by name: `normalization-mean` and `normalization-deviation` where they are the same
  /// for all networks, else those of each network.
  /// - Parameter fallback: for networks that do not know those of their training.
  public static func of(
    _ models: [EvaluatedModel], else fallback: Normalization
  ) -> [String: String] {
    let own = models.map { $0.normalization ?? fallback }
    guard Set(own).count > 1 else { return texts(own.first ?? fallback, of: "") }
    return zip(models, own).reduce(into: [:]) { all, entry in
      let (model, normalization) = entry
      all.merge(texts(normalization, of: " of \(model.condition)/seed-\(model.seed)")) { $1 }
    }
  }

  private static func texts(_ normalization: Normalization, of name: String) -> [String: String] {
    func list(_ numbers: [Float]) -> String { numbers.map { "\($0)" }.joined(separator: " ") }
    return [
      "normalization-mean" + name: list(normalization.mean),
      "normalization-deviation" + name: list(normalization.standardDeviation),
    ]
  }
}
