import TopoFoundation

extension EpochMeasures {
  /// The analyses whose measures can be recorded after epochs.
  static let kinds = AnalysisCatalog.kinds.filter { !$0.needs.contains(.network) }

  /// The measures that can be named.
  public static let offered: [MeasureDescription] = kinds.flatMap { kind in
    kind.measures.filter { !$0.isPerUnit && !needsMore($0.name) }
  }

  /// Whether a measure needs arrays that training does not have: the inputs of the sheet, or
  /// dissimilarities of a file.
  private static func needsMore(_ name: String) -> Bool {
    name.hasPrefix("transmission") || name.hasPrefix("rsa-external")
  }

  /// Checks that a measure can be recorded after epochs.
  /// - Throws: `UserError` that says what to name instead.
  static func check(_ name: String) throws {
    let known = (always + offered).map(\.name)
    guard !known.contains(name) else { return }
    for kind in AnalysisCatalog.kinds {
      guard let measure = kind.measures.first(where: { $0.name == name }) else { continue }
      if measure.isPerUnit {
        let mean = "\(name)-mean"
        throw UserError(
          "the measure \(name) has a value for each unit, and after epochs only values of a whole "
            + "sheet are recorded: "
            + (known.contains(mean) ? "choose \(mean)" : "choose another of `toposheet measures`"))
      }
      guard !needsMore(name) else {
        throw UserError(
          "the measure \(name) needs more than the responses of the sheet, which are all that "
            + "training has: leave it out, and evaluate with --analyses \(kind.name) after training"
        )
      }
      throw UserError(
        "the measure \(name) shows the network images of its own, which cannot be done during "
          + "training: leave it out, and evaluate with --analyses \(kind.name) after training")
    }
    if PopulationComparison.measures.contains(where: { $0.name == name }) {
      throw UserError(
        "the measure \(name) compares networks, which cannot be done during training: leave it "
          + "out, and evaluate with --analyses comparison after training")
    }
    let nearest = NearestName.of(name, among: known)
    throw UserError(
      "there is no measure \"\(name)\": "
        + (nearest.map { "\($0) is the nearest name, and " } ?? "")
        + "`toposheet measures` lists all")
  }
}
