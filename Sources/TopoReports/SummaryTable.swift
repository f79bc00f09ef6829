import Foundation
import TopoEvaluation
import TopoFoundation
import TopoNetworks

/// The table of a study: one row per data set and condition, with mean and standard deviation over
/// seeds.
///
/// Values are averaged within a network first (over draws, and over severities if a column
/// covers several) and then over networks, because draws are not replicates of a network.
///
/// ```swift
/// let table = SummaryTable(try RecordTable(csv: url).records)
/// print(table.text)
/// ```
public struct SummaryTable: Sendable {
  /// How noises become columns.
  public enum Levels: Sendable, Hashable {
    /// One column per noise: mean over its severities.
    case mean
    /// One column per noise and severity.
    case each
  }

  /// Mean and standard deviation of one condition in one column.
  public struct Cell: Sendable, Hashable {
    /// Mean and standard deviation over the networks of the condition.
    public var summary: Summary
    /// Number of networks with a record of the measure; `summary` skips those whose value is
    /// undefined.
    public var networks: Int
  }

  /// A column: a measure under a perturbation.
  struct Column: Sendable, Hashable {
    var title: String
    var measure: String
    var perturbation: String
    /// Nil for the mean over all severities.
    var severity: Double?
    /// Whether values are printed in percent.
    var percent: Bool
    var digits: Int
    /// Whether the standard deviation is printed.
    var showsStandardDeviation = true
    /// Which values are better; nil if the measure is neither good nor bad.
    var better: Better?
  }

  /// Whether higher or lower values of a measure are better.
  enum Better: Sendable, Hashable { case higher, lower }

  /// A row: the networks of a condition on a data set.
  struct Row: Sendable, Hashable {
    var dataset: String
    var condition: String
  }

  let rows: [Row]
  private(set) var columns: [Column]
  private let networks: [Row: Set<UInt64>]
  /// Seeds of dead networks, by state.
  private let dead: [Row: [NetworkState: Set<UInt64>]]
  private let includesDead: Bool
  private let values: [Key: [UInt64: [MeasuredValue]]]

  private struct Key: Hashable {
    var row: Row
    var column: Column
  }

  /// Summarizes records. Rows and noises are in the order of their first appearance.
  /// - Parameters:
  ///   - records: the records of a study.
  ///   - levels: how noises become columns.
  ///   - includesDead: whether means include networks that learned nothing. The number of seeds
  ///     always includes them.
  public init(_ records: [Record], levels: Levels = .mean, includesDead: Bool = false) {
    var severities: [String: Set<Double>] = [:]
    var perturbations: [String] = []
    for record in records
    where record.measure == MeasureName.accuracy && record.perturbation != Record.clean {
      if severities[record.perturbation] == nil { perturbations.append(record.perturbation) }
      severities[record.perturbation, default: []].insert(record.severity)
    }
    let columns = perturbations.flatMap { perturbation in
      let columnSeverities: [Double?] =
        levels == .mean ? [nil] : (severities[perturbation] ?? []).sorted()
      return columnSeverities.map { severity in
        Column(
          title: perturbation + (severity.map { " \(EpsilonText.text($0))" } ?? ""),
          measure: MeasureName.accuracy, perturbation: perturbation, severity: severity,
          percent: true, digits: 1, better: .higher)
      }
    }
    self.init(
      records, columns: SummaryTable.cleanColumns + columns, includesDead: includesDead)
  }

  /// Summarizes records in the given columns, without columns that no network has a record of.
  init(_ records: [Record], columns: [Column], includesDead: Bool = false) {
    var (rows, networks) = ([Row](), [Row: Set<UInt64>]())
    var dead: [Row: [NetworkState: Set<UInt64>]] = [:]
    var byContent: [Content: [Column]] = [:]
    for column in columns {
      let content = Content(
        measure: column.measure, perturbation: column.perturbation, severity: column.severity)
      byContent[content, default: []].append(column)
    }
    // Skips other measures fast: a suite may have hundreds of thousands of records.
    let measures = Set(columns.map(\.measure))
    var values: [Key: [UInt64: [MeasuredValue]]] = [:]
    // Includes columns of dead networks, so that the table has rows even if all are dead.
    var known: Set<Column> = []
    for record in records {
      let row = Row(dataset: record.dataset, condition: record.condition)
      if networks[row, default: []].isEmpty { rows.append(row) }
      networks[row, default: []].insert(record.seed)
      if record.state.isDead {
        dead[row, default: [:]][record.state, default: []].insert(record.seed)
      }
      guard measures.contains(record.measure) else { continue }
      for severity in [nil, record.severity] {
        let content = Content(
          measure: record.measure, perturbation: record.perturbation, severity: severity)
        for column in byContent[content] ?? [] {
          known.insert(column)
          guard includesDead || !record.state.isDead else { continue }
          values[Key(row: row, column: column), default: [:]][record.seed, default: []]
            .append(record.value)
        }
      }
    }
    self.rows = rows
    self.columns = columns.filter(known.contains)
    (self.networks, self.values) = (networks, values)
    (self.dead, self.includesDead) = (dead, includesDead)
  }

  /// The part of a column by which records find it.
  private struct Content: Hashable {
    var measure: String
    var perturbation: String
    var severity: Double?
  }

  static let cleanColumns = [
    Column(
      title: "accuracy %", measure: MeasureName.accuracy, perturbation: Record.clean,
      percent: true, digits: 2, better: .higher),
    Column(
      title: "NLL", measure: MeasureName.negativeLogLikelihood, perturbation: Record.clean,
      percent: false, digits: 3, better: .lower),
    Column(
      title: "ECE", measure: MeasureName.calibrationError, perturbation: Record.clean,
      percent: false, digits: 3, better: .lower),
    Column(
      title: "Moran's I", measure: MeasureName.moransI, perturbation: Record.clean,
      percent: false, digits: 3),
    // Evaluations of perturbed weights have it; absolute noise is to be compared with it.
    Column(
      title: "weight norm", measure: MeasureName.weightNorm, perturbation: Record.clean,
      percent: false, digits: 3),
  ]

  /// The numbers of a cell; nil if no network of the row has the measure.
  func cell(_ row: Row, _ column: Column) -> Cell? {
    guard let bySeed = values[Key(row: row, column: column)] else { return nil }
    let perNetwork = bySeed.sorted { $0.key < $1.key }.map { Summary($0.value).mean }
    return Cell(summary: Summary(perNetwork), networks: perNetwork.count)
  }

  /// The table for the terminal. It has a column of data sets if there are several.
  public var text: TextTable {
    var table = body
    table.notes = spreadNotes
    let noisy = columns.filter { $0.perturbation != Record.clean }
    if !noisy.isEmpty {
      let mean = noisy.contains { $0.severity == nil }
      table.notes.append(
        "Columns of perturbations: accuracy %, mean over draws" + (mean ? " and severities." : "."))
    }
    if isMarked { table.notes.append(SummaryTable.markNote) }
    if let deadNote { table.notes.append(deadNote) }
    return table
  }

  /// Whether means include dead networks; nil without dead networks.
  var deadNote: String? {
    guard !dead.isEmpty else { return nil }
    return includesDead
      ? "Means include dead networks (silent, collapsed or at chance on these images)."
      : "Means leave out dead networks (silent, collapsed or at chance on these images); use "
        + "--include-dead to include them."
  }

  private func count(_ row: Row) -> String {
    Self.count(networks[row] ?? [], dead: dead[row] ?? [:])
  }

  /// The number of networks: `10`, or `10 (2 silent, 1 at chance)`.
  static func count(_ seeds: Set<UInt64>, dead: [NetworkState: Set<UInt64>]) -> String {
    let states = NetworkState.allCases.compactMap { state in
      dead[state].map { "\($0.count) \(state == .atChance ? "at chance" : state.rawValue)" }
    }
    return "\(seeds.count)" + (states.isEmpty ? "" : " (\(states.joined(separator: ", ")))")
  }

  /// The note that explains `±`, if it is printed.
  var spreadNotes: [String] { hasSpread ? [SummaryTable.spreadNote] : [] }

  static let spreadNote = "Mean ± standard deviation over seeds."

  /// The note that explains the mark of cells.
  static let markNote =
    "* Without networks for which the measure is undefined; -* if it is undefined for all."

  /// Whether any cell is marked because it skips undefined values.
  var isMarked: Bool { contains { cell, _ in cell.summary.skipped > 0 } }

  /// Whether any cell prints a standard deviation, which needs two seeds.
  var hasSpread: Bool {
    contains { cell, column in
      column.showsStandardDeviation && cell.summary.standardDeviation.number != nil
    }
  }

  private func contains(_ includes: (Cell, Column) -> Bool) -> Bool {
    rows.contains { row in
      columns.contains { column in cell(row, column).map { includes($0, column) } ?? false }
    }
  }

  /// The table without notes.
  var body: TextTable {
    var table = TextTable(
      (hasSeveralDatasets ? [TextTable.Column("data", .left)] : [])
        + [TextTable.Column("condition", .left), TextTable.Column("seeds", .right)]
        + columns.map { TextTable.Column($0.title, .right) })
    let bests = columns.map(bests)
    for row in rows {
      var marks: [Int: TextTable.Mark] = dead[row] == nil ? [:] : [keys - 1: .wrong]
      let cells = columns.indices.map { index in
        guard let cell = cell(row, columns[index]) else { return "" }
        if cell.summary.mean.number == nil {
          marks[keys + index] = .wrong
        } else if bests[index].contains(row) {
          marks[keys + index] = .best
        }
        return SummaryTable.text(cell, columns[index])
      }
      table.append(
        (hasSeveralDatasets ? [row.dataset] : [])
          + [row.condition, count(row)] + cells, marks: marks)
    }
    return table
  }

  private var hasSeveralDatasets: Bool { Set(rows.map(\.dataset)).count > 1 }

  /// Number of columns that identify a row.
  var keys: Int { hasSeveralDatasets ? 3 : 2 }

  /// The rows with the best value of a column among those of their data set.
  private func bests(_ column: Column) -> Set<Row> {
    guard let better = column.better else { return [] }
    // Values are compared as printed, so that equal texts count as equal.
    let unit = (0..<column.digits).reduce(column.percent ? 100.0 : 1) { scale, _ in scale * 10 }
    let values = rows.compactMap { row in
      cell(row, column)?.summary.mean.number.map { (row: row, value: ($0 * unit).rounded()) }
    }
    return Set(
      Dictionary(grouping: values, by: \.row.dataset).values.flatMap { group -> [Row] in
        let numbers = group.map(\.value)
        let best = better == .higher ? numbers.max() : numbers.min()
        // No row is best if all are equal.
        guard let best, Set(numbers).count > 1 else { return [] }
        return group.filter { $0.value == best }.map(\.row)
      })
  }

  /// The text of a number that is an integer unless the file was edited.
  static func whole(_ number: Double) -> String {
    Int(exactly: number).map { "\($0)" } ?? "\(number)"
  }

  private static func text(_ cell: Cell, _ column: Column) -> String {
    let mark = cell.summary.skipped > 0 ? "*" : ""
    guard let mean = cell.summary.mean.number else { return "-" + mark }
    let factor = column.percent ? 100.0 : 1.0
    let format = "%.\(column.digits)f"
    var text = String(format: format, mean * factor)
    if column.showsStandardDeviation, let standardDeviation = cell.summary.standardDeviation.number
    {
      text += " ± " + String(format: format, standardDeviation * factor)
    }
    return text + mark
  }
}
