import Toposheet

/// The parts of a suite, for people.
enum SuiteListing {
  /// Images that suites are for: MNIST's and CIFAR-10's.
  private static let shapes = [
    ImageShape(channels: 1, rows: 28, columns: 28), ImageShape(channels: 3, rows: 32, columns: 32),
  ]

  /// A row for each perturbation, and for each attack.
  static func table(_ preset: SuitePreset) -> TextTable {
    var table = TextTable(
      [.init("perturbation", .left), .init("severities", .left), .init("what it does", .left)])
    var references: [String] = []
    func add(_ label: String, _ severities: String, _ summary: String, _ reference: String) {
      let number = references.firstIndex(of: reference) ?? references.count
      if number == references.count { references.append(reference) }
      table.append([label, severities, "\(summary) [\(number + 1)]"])
    }
    var seen: Set<String> = []
    for shape in shapes {
      let catalog = SuiteCatalog(shape: shape)
      guard let suite = try? Suite([preset], catalog: catalog) else { continue }
      for sweep in suite.images where seen.insert(sweep.perturbation.label).inserted {
        add(
          sweep.perturbation.label, list(sweep.severities), sweep.perturbation.summary,
          sweep.perturbation.reference)
      }
      for perturbation in suite.weights.flatMap(\.perturbations)
      where seen.insert(perturbation.label).inserted {
        add(
          perturbation.label, list(perturbation.kind.severities), perturbation.kind.summary,
          perturbation.kind.reference)
      }
      for attack in suite.attacks.flatMap(\.attacks) where seen.insert(attack.label).inserted {
        let epsilons = shapes.map { list(attack.epsilons(for: $0)) }
        add(attack.label, epsilons.joined(separator: "; "), attack.summary, attack.reference)
      }
    }
    if !preset.missing(seen).isEmpty {
      table.notes.append("Not listed: \(preset.missing(seen).joined(separator: ", ")).")
    }
    table.notes += references.enumerated().map { "[\($0.offset + 1)] \($0.element)" }
    if seen.contains(where: { $0.hasPrefix("adversarial/") }) {
      table.notes.append("Epsilons of attacks: for grey images; for images in colour.")
    }
    return table
  }

  private static func list(_ severities: [Double]) -> String {
    severities.map { number in
      let rounded = number < 0.001 ? number : (number * 1e4).rounded() / 1e4
      return rounded == rounded.rounded() ? "\(Int(rounded))" : "\(rounded)"
    }.joined(separator: " ")
  }
}
