import Toposheet

/// Tables of perturbations.
enum SuiteListing {
  /// The shapes of images that preset suites are for: MNIST and CIFAR-10.
  private static let shapes = [
    ImageShape(channels: 1, rows: 28, columns: 28), ImageShape(channels: 3, rows: 32, columns: 32),
  ]

  /// Rows of perturbations, and the papers that they cite by number.
  private struct Rows {
    var table = TextTable(
      [.init("perturbation", .left), .init("severities", .left), .init("what it does", .left)])
    private(set) var seen: Set<String> = []
    private var references: [String] = []

    mutating func add(_ perturbation: any ImagePerturbation, _ severities: [Double]? = nil) {
      add(
        perturbation.label, list(severities ?? perturbation.severities), perturbation.summary,
        perturbation.reference)
    }

    mutating func add(_ perturbation: WeightPerturbation) {
      let kind = perturbation.kind
      add(perturbation.label, list(kind.severities), kind.summary, kind.reference)
    }

    mutating func add(_ attack: Attack) {
      let epsilons = shapes.map { shape in
        attack.epsilons(for: shape).map { EpsilonText.text($0) }.joined(separator: " ")
      }
      add(attack.label, epsilons.joined(separator: "; "), attack.summary, attack.reference)
    }

    private mutating func add(
      _ label: String, _ severities: String, _ summary: String, _ reference: String
    ) {
      guard seen.insert(label).inserted else { return }
      let number = references.firstIndex(of: reference) ?? references.count
      if number == references.count { references.append(reference) }
      table.append([label, severities, "\(summary) [\(number + 1)]"])
    }

    /// The table with its notes.
    func finished() -> TextTable {
      var table = table
      table.notes += references.enumerated().map { "[\($0.offset + 1)] \($0.element)" }
      if seen.contains(where: { $0.hasPrefix("adversarial/") }) {
        table.notes.append("Epsilons of attacks: for gray images; for color images.")
      }
      return table
    }
  }

  /// A row for each perturbation of a suite, and for each attack.
  static func table(_ preset: SuitePreset) -> TextTable {
    var rows = Rows()
    for shape in shapes {
      guard let suite = try? Suite([preset], shape: shape) else { continue }
      for sweep in suite.images { rows.add(sweep.perturbation, sweep.severities) }
      for perturbation in suite.parts(WeightPart.self).flatMap(\.perturbations) {
        rows.add(perturbation)
      }
      for attack in suite.parts(AttackPart.self).flatMap(\.attacks) { rows.add(attack) }
    }
    let missing = preset.missing(rows.seen)
    if !missing.isEmpty {
      rows.table.notes.append(
        "Left out without photographs (--frost FOLDER): \(missing.joined(separator: ", ")).")
    }
    return rows.finished()
  }

  /// A row for every perturbation and every attack.
  static var every: TextTable {
    var rows = Rows()
    for perturbation in PerturbationCatalog().perturbations { rows.add(perturbation) }
    for frost in [Corruption(.frost), Corruption(.frost, family: .mnist)] { rows.add(frost) }
    for kind in WeightPerturbation.Kind.allCases { rows.add(WeightPerturbation(kind)) }
    for kind in Attack.Kind.allCases { rows.add(Attack(kind)) }
    rows.table.notes.append(
      "Instead of /topographic, other layers can be named. Noises take any level from 0 to 1.")
    return rows.finished()
  }

  private static func list(_ severities: [Double]) -> String {
    severities.map { number in
      let rounded = number < 0.001 ? number : (number * 1e4).rounded() / 1e4
      return rounded == rounded.rounded() ? "\(Int(rounded))" : "\(rounded)"
    }.joined(separator: " ")
  }
}
