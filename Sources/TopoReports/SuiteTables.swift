import TopoEvaluation
import TopoFoundation
import TopoPerturbations

/// The tables of an evaluation: clean images, noises, corruptions with mCE, perturbations of
/// weights, and attacks at each epsilon. Each has one row per condition, in the order of the
/// records.
///
/// ```swift
/// print(SuiteTables(records, epsilons: suite.severityNames).text)
/// ```
public struct SuiteTables: Sendable {
  /// A table with its title and notes; wide tables are divided.
  struct Section: Sendable {
    var title: String
    var tables: [TextTable]
    var notes: [String]
    /// Whether a cell has `±` or `*`. Notes below the last table explain both once.
    var hasSpread = false
    var isMarked = false
    /// Whether means include dead networks; nil without dead networks.
    var deadNote: String?
  }

  let sections: [Section]
  private let width: Int

  /// Tables of records.
  /// - Parameters:
  ///   - records: the records of an evaluation.
  ///   - width: characters in a line; columns that do not fit go to a further table.
  ///   - epsilons: the text that epsilons of attacks were given as, by value (`EpsilonText`).
  ///   - includesDead: whether means include networks that learned nothing. The number of seeds
  ///     always includes them.
  public init(
    _ records: [Record], width: Int = 100, epsilons: [Double: String] = [:],
    includesDead: Bool = false
  ) {
    let records = Self.completed(records)
    let names = EvaluatedNames(records)
    var sections: [Section] = []
    func add(_ title: String, _ columns: [SummaryTable.Column], _ notes: [String]) {
      let table = SummaryTable(records, columns: columns, includesDead: includesDead)
      guard !table.columns.isEmpty else { return }
      sections.append(
        Section(
          title: title, tables: table.body.divided(width: width, keys: table.keys), notes: notes,
          hasSpread: table.hasSpread, isMarked: table.isMarked, deadNote: table.deadNote))
    }
    add("Clean images", SummaryTable.cleanColumns, [])
    let noises = names.all { !$0.contains("/") }
    add(
      "Noise, accuracy %", noises.map { Self.noise($0, names.severities($0)) },
      noises.contains { names.severities($0).count > 1 }
        ? ["Mean over draws and severities."] : ["Mean over draws."])
    for noise in noises where names.severities(noise).count > 1 {
      add(
        "Noise \(noise), accuracy %",
        names.severities(noise).map {
          .accuracy(noise, title: EpsilonText.text($0), severity: $0, showsStandardDeviation: false)
        } + [.area(noise)],
        ["Means over seeds and draws. AUDC: area under accuracy up to the largest severity."])
    }
    for (family, title) in [("corruption", "Common corruptions"), ("mnist-c", "MNIST-C")] {
      let corruptions = names.all { $0.hasPrefix(family + "/") }
      add(title, Self.corruptions(family), Self.notes(records, family, count: corruptions.count))
      add(
        "\(title), accuracy %",
        corruptions.map {
          .accuracy(
            $0, title: String($0.dropFirst(family.count + 1)), showsStandardDeviation: false)
        }, ["Mean over seeds, draws and severities."])
    }
    for (title, columns) in SummaryTable.analysisColumns { add(title, columns, []) }
    if let table = DegradationTable(records, includesDead: includesDead) {
      let (body, hasSpread, isMarked) = table.body
      sections.append(
        Section(
          title: "Weights and units", tables: body.divided(width: width, keys: table.keys),
          notes: [], hasSpread: hasSpread, isMarked: isMarked))
    }
    for attack in names.all(where: { $0.hasPrefix("adversarial/") }) {
      add(
        "Attack \(attack.dropFirst("adversarial/".count))",
        names.severities(attack).map {
          .accuracy(attack, title: EpsilonText.text($0, names: epsilons), severity: $0)
        } + [.area(attack)],
        ["Accuracy % at each epsilon, 0 being the clean images. AUDC: area under accuracy."])
    }
    (self.sections, self.width) = (sections, width)
  }

  /// All tables as text without colors.
  public var text: String { text(colored: false) }

  /// All tables as text.
  /// - Parameter colored: whether the best values, undefined values and dead networks have colors.
  public func text(colored: Bool) -> String {
    let tables = sections.map { section in
      section.title + "\n"
        + section.tables.map { $0.text(width: width, colored: colored) }.joined(separator: "\n")
        + lines(section.notes)
    }
    let notes =
      (sections.contains(where: \.hasSpread) ? [SummaryTable.spreadNote] : [])
      + (sections.contains(where: \.isMarked) ? [SummaryTable.markNote] : [])
      + sections.compactMap(\.deadNote).prefix(1)
    return tables.joined(separator: "\n") + (notes.isEmpty ? "" : "\n" + lines(notes))
  }

  private func lines(_ notes: [String]) -> String {
    notes.flatMap { wrapped($0, width: width) }.map { $0 + "\n" }.joined()
  }

  /// The records with areas under accuracy of noises and attacks, which not all evaluations have.
  private static func completed(_ records: [Record]) -> [Record] {
    let known = Set(
      records.filter { $0.measure == MeasureName.areaUnderAccuracy }.map(\.perturbation))
    return records
      + DegradationCurve.areas(records) { name in
        !known.contains(name) && (!name.contains("/") || name.hasPrefix("adversarial/"))
      }
  }

  /// The column of a noise: the mean over its severities, or the accuracy at its only one.
  private static func noise(_ name: String, _ severities: [Double]) -> SummaryTable.Column {
    let severity = severities.count > 1 ? nil : severities.first.map { EpsilonText.text($0) }
    return .accuracy(name, title: [name, severity].compactMap { $0 }.joined(separator: " "))
  }

  // MARK: Corruptions

  private static func corruptions(_ family: String) -> [SummaryTable.Column] {
    [
      .value("accuracy %", MeasureName.meanCorruptionAccuracy, family, digits: 2, .higher),
      .value("mCE %", MeasureName.meanCorruptionError, family, digits: 1, .lower),
      .value("relative mCE %", MeasureName.relativeMeanCorruptionError, family, digits: 1, .lower),
    ]
  }

  /// Notes on the means over corruptions.
  private static func notes(_ records: [Record], _ family: String, count: Int) -> [String] {
    func found(_ measure: String) -> [MeasuredValue] {
      records.filter { $0.measure == measure && $0.perturbation == family }.map(\.value)
    }
    let hasBase = found(MeasureName.meanCorruptionError).contains { $0.number != nil }
    var notes = [
      (count == 1
        ? "Means over 1 corruption and its severities"
        : "Means over \(count) corruptions and their severities")
        + "; errors relative to the mean of the control networks"
        + (hasBase ? "." : ", of which there are none here.")
    ]
    let skipped = found(MeasureName.skippedCorruptions).compactMap(\.number).max()
    if let skipped, skipped > 0, hasBase {
      notes.append(
        "Relative mCE leaves out "
          + (skipped == 1
            ? "1 corruption" : "up to \(SummaryTable.whole(skipped)) corruptions")
          + " under which control networks lose no accuracy; it is unreliable if they lose little.")
    }
    return notes
  }
}

/// The perturbations of some records with their severities, in order of appearance.
private struct EvaluatedNames {
  private var perturbations: [String] = []
  private var severitiesByName: [String: Set<Double>] = [:]

  init(_ records: [Record]) {
    for record in records
    where record.perturbation != Record.clean && record.measure == MeasureName.accuracy {
      if severitiesByName[record.perturbation] == nil { perturbations.append(record.perturbation) }
      severitiesByName[record.perturbation, default: []].insert(record.severity)
    }
  }

  func all(where includes: (String) -> Bool) -> [String] { perturbations.filter(includes) }

  func severities(_ name: String) -> [Double] { (severitiesByName[name] ?? []).sorted() }
}

extension SummaryTable.Column {
  /// Accuracy under a perturbation, at one severity or averaged over all.
  fileprivate static func accuracy(
    _ perturbation: String, title: String, severity: Double? = nil,
    showsStandardDeviation: Bool = true
  ) -> Self {
    Self(
      title: title, measure: MeasureName.accuracy, perturbation: perturbation, severity: severity,
      percent: true, digits: 1, showsStandardDeviation: showsStandardDeviation, better: .higher)
  }

  /// The area under accuracy.
  fileprivate static func area(_ perturbation: String) -> Self {
    value("AUDC %", MeasureName.areaUnderAccuracy, perturbation, digits: 1, .higher)
  }

  /// A measure between 0 and 1 with one value per network, in percent.
  fileprivate static func value(
    _ title: String, _ measure: String, _ perturbation: String, digits: Int,
    _ better: SummaryTable.Better
  ) -> Self {
    Self(
      title: title, measure: measure, perturbation: perturbation, percent: true, digits: digits,
      better: better)
  }
}
