import TopoFoundation

extension YAMLMapping {
  /// Refuses a key that has no effect.
  /// - Parameter reason: why, as a part of a sentence.
  /// - Throws: `UserError` if the key is present and not used.
  func refuse(_ key: String, unless isUsed: Bool, _ reason: String) throws {
    guard has(key), !isUsed else { return }
    throw reader.problem(try required(key), "\(key) has no effect, as \(reason); remove it")
  }

  /// The severities of a key; nil if the key is missing. Severity 0 is left out, because the clean
  /// images and networks are always evaluated.
  /// - Throws: `UserError` for an item that is not a number, or no number above 0.
  func severities(_ key: String) throws -> [Double]? {
    guard let nodes = list(key) else { return nil }
    let severities = try nodes.map { try number($0, key) }.filter { $0 != 0 }
    guard !severities.isEmpty else {
      throw reader.problem(
        try required(key),
        "\(key) has no number above 0; the clean images are always evaluated")
    }
    return severities
  }
}
