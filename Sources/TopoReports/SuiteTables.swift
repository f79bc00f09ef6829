import TopoEvaluation
import TopoSheets

/// The tables that a suite ends with, a row per condition: clean images, noises, corruptions with
/// mCE, perturbations of weights, and attacks at each epsilon.
public struct SuiteTables: Sendable {
  /// A table with what it is about.
  struct Section: Sendable {
    var title: String
    var tables: [SummaryTable]
    var notes: [String]
  }

  let sections: [Section]

  /// Tables of the records of a suite.
  /// - Parameter width: characters in a line; columns that do not fit go to a table of their own.
  public init(_ records: [Record], width: Int = 120) {
    let names = Names(records)
    var sections: [Section] = []
    func add(_ title: String, _ columns: [SummaryTable.Column], _ notes: [String]) {
      let table = SummaryTable(records, columns: columns)
      guard !table.columns.isEmpty else { return }
      sections.append(
        Section(title: title, tables: table.divided(width: width), notes: notes))
    }
    add("Clean images", SummaryTable.cleanColumns, [])
    add(
      "Noise",
      names.all(where: { !$0.contains("/") }).flatMap { name in
        [
          .accuracy(name, title: name),
          .value("audc", MeasureName.areaUnderAccuracy, name, percent: true, digits: 1),
        ]
      },
      [
        "Accuracy %, mean over draws and levels; audc: area under accuracy from level 0 to the "
          + "largest."
      ])
    for (family, title) in [("corruption", "Common corruptions"), ("mnist-c", "MNIST-C")] {
      let corruptions = names.all(where: { $0.hasPrefix(family + "/") })
      add(
        title,
        [
          .value("accuracy %", MeasureName.meanCorruptionAccuracy, family, percent: true),
          .value("mCE %", MeasureName.meanCorruptionError, family, percent: true, digits: 1),
          .value(
            "relative mCE %", MeasureName.relativeMeanCorruptionError, family, percent: true,
            digits: 1),
        ],
        Self.notes(records, family, corruptions: corruptions.count))
      add(
        "\(title), accuracy %",
        corruptions.map {
          .accuracy($0, title: String($0.dropFirst(family.count + 1)), showsDeviation: false)
        }, ["Mean over seeds, draws and severities."])
    }
    add(
      "Weights and lesions, area under accuracy",
      names.measured(MeasureName.areaUnderAccuracy) {
        $0.hasPrefix("weights/") || $0.hasPrefix("lesion/")
      }.map {
        .value(
          Self.shortWeights($0), MeasureName.areaUnderAccuracy, $0, percent: true, digits: 1)
      }, ["Accuracy %, mean between level 0 and the largest one, over draws."])
    for attack in names.all(where: { $0.hasPrefix("adversarial/") }) {
      add(
        "Attack \(attack.dropFirst("adversarial/".count))",
        names.severities(attack).map { .accuracy(attack, title: Self.short($0), severity: $0) }
          + [.value("audc", MeasureName.areaUnderAccuracy, attack, percent: true, digits: 1)],
        ["Accuracy % at each epsilon, 0 being the same images clean."])
    }
    self.sections = sections
  }

  /// What means over corruptions are means of.
  private static func notes(
    _ records: [Record], _ family: String, corruptions: Int
  ) -> [String] {
    func found(_ measure: String) -> [MeasuredValue] {
      records.filter { $0.measure == measure && $0.perturbation == family }.map(\.value)
    }
    let hasBase = found(MeasureName.meanCorruptionError).contains { $0.number != nil }
    var notes = [
      "Means over \(corruptions) corruptions and their severities; errors relative to the mean of "
        + "the control networks" + (hasBase ? "." : ", of which there are none here.")
    ]
    let skipped = found(MeasureName.skippedCorruptions).compactMap(\.number).max()
    if let skipped, skipped > 0, hasBase {
      notes.append(
        "Relative mCE leaves out up to \(Int(skipped)) corruptions, which cost control networks "
          + "nothing; where others cost them little, it says little.")
    }
    return notes
  }

  /// Without what most labels have in common.
  private static func shortWeights(_ label: String) -> String {
    label.replacing("weights/", with: "").replacing("/topographic", with: "")
  }

  /// A number in at most four digits.
  private static func short(_ number: Double) -> String {
    let rounded = (number * 1e4).rounded() / 1e4
    return rounded == rounded.rounded() ? "\(Int(rounded))" : "\(rounded)"
  }

  /// All tables for the terminal.
  public var text: String {
    let tables = sections.map { section in
      section.title + "\n"
        + section.tables.map(\.body.description).joined(separator: "\n")
        + section.notes.map { $0 + "\n" }.joined()
    }
    let isMarked = sections.contains { $0.tables.contains(where: \.isMarked) }
    return tables.joined(separator: "\n") + "\nMean ± standard deviation over seeds.\n"
      + (isMarked ? SummaryTable.markNote + "\n" : "")
  }

  /// What was evaluated, in order of appearance.
  private struct Names {
    private var perturbations: [String] = []
    private var severitiesByName: [String: Set<Double>] = [:]
    private var measures: [String: [String]] = [:]

    init(_ records: [Record]) {
      for record in records where record.perturbation != Record.clean {
        if record.measure == MeasureName.accuracy {
          if severitiesByName[record.perturbation] == nil {
            perturbations.append(record.perturbation)
          }
          severitiesByName[record.perturbation, default: []].insert(record.severity)
        } else if record.measure == MeasureName.areaUnderAccuracy,
          measures[record.measure]?.contains(record.perturbation) != true
        {
          measures[record.measure, default: []].append(record.perturbation)
        }
      }
    }

    func all(where includes: (String) -> Bool) -> [String] { perturbations.filter(includes) }

    func measured(_ measure: String, where includes: (String) -> Bool) -> [String] {
      (measures[measure] ?? []).filter(includes)
    }

    func severities(_ name: String) -> [Double] { (severitiesByName[name] ?? []).sorted() }
  }
}

extension SummaryTable.Column {
  /// Accuracy under a perturbation, at one severity or averaged over all.
  fileprivate static func accuracy(
    _ perturbation: String, title: String, severity: Double? = nil, showsDeviation: Bool = true
  ) -> Self {
    Self(
      title: title, measure: MeasureName.accuracy, perturbation: perturbation, severity: severity,
      percent: true, digits: 1, showsDeviation: showsDeviation)
  }

  /// A measure of which there is one value for each network.
  fileprivate static func value(
    _ title: String, _ measure: String, _ perturbation: String, percent: Bool, digits: Int = 2
  ) -> Self {
    Self(
      title: title, measure: measure, perturbation: perturbation, percent: percent, digits: digits)
  }
}
