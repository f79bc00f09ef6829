import Foundation
import TopoEvaluation
import TopoFoundation
import TopoNetworks

/// The table that a study ends with: a row per data set and condition, with mean and standard
/// deviation over seeds.
///
/// Each number is first averaged within a network (over draws, and over levels if a column
/// covers several), then over networks: draws are not replicates.
public struct SummaryTable: Sendable {
  /// How noises become columns.
  public enum Levels: Sendable, Hashable {
    /// One column per noise: the mean over its levels.
    case mean
    /// One column per noise and level.
    case each
  }

  /// Mean and standard deviation of one condition in one column.
  public struct Cell: Sendable, Hashable {
    /// Over the networks of the condition.
    public var summary: Summary
    /// Networks that have the measure at all; fewer in `summary` were undefined for the others.
    public var networks: Int
  }

  /// What a column shows.
  struct Column: Sendable, Hashable {
    var title: String
    var measure: String
    var perturbation: String
    /// Nil for all.
    var severity: Double?
    /// In percent: times 100.
    var percent: Bool
    var digits: Int
    /// Whether the standard deviation is printed.
    var showsStandardDeviation = true
    /// Which of two values is the better one; nil if neither is.
    var better: Better?
  }

  /// A comparison of values.
  enum Better: Sendable, Hashable { case higher, lower }

  /// What a row is about.
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

  /// Summarizes records; rows and noises keep the order of their first appearance.
  /// - Parameter includesDead: whether networks that learned nothing count in means; they are counted
  ///   in any case.
  public init(_ records: [Record], levels: Levels = .mean, includesDead: Bool = false) {
    var severities: [String: Set<Double>] = [:]
    var perturbations: [String] = []
    for record in records
    where record.measure == MeasureName.accuracy && record.perturbation != Record.clean {
      if severities[record.perturbation] == nil { perturbations.append(record.perturbation) }
      severities[record.perturbation, default: []].insert(record.severity)
    }
    let columns = perturbations.flatMap { perturbation in
      let shown: [Double?] =
        levels == .mean ? [nil] : (severities[perturbation] ?? []).sorted()
      return shown.map { severity in
        Column(
          title: perturbation + (severity.map { " \(EpsilonText.text($0))" } ?? ""),
          measure: MeasureName.accuracy, perturbation: perturbation, severity: severity,
          percent: true, digits: 1, better: .higher)
      }
    }
    self.init(
      records, columns: SummaryTable.cleanColumns + columns, includesDead: includesDead)
  }

  /// Summarizes records in the given columns, each once, without those that no network has.
  init(_ records: [Record], columns: [Column], includesDead: Bool = false) {
    var (rows, networks) = ([Row](), [Row: Set<UInt64>]())
    var dead: [Row: [NetworkState: Set<UInt64>]] = [:]
    var byPlace: [Place: [Column]] = [:]
    for column in columns {
      let place = Place(
        measure: column.measure, perturbation: column.perturbation, severity: column.severity)
      byPlace[place, default: []].append(column)
    }
    // A suite has hundreds of thousands of records, most of them of other measures.
    let measures = Set(columns.map(\.measure))
    var values: [Key: [UInt64: [MeasuredValue]]] = [:]
    // Also of dead networks: if all are dead, the table says at least that.
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
        let place = Place(
          measure: record.measure, perturbation: record.perturbation, severity: severity)
        for column in byPlace[place] ?? [] {
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

  private struct Place: Hashable {
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
    // For perturbed weights: the norm that absolute noise is compared with.
    Column(
      title: "weight norm", measure: MeasureName.weightNorm, perturbation: Record.clean,
      percent: false, digits: 3),
  ]

  /// The numbers of one cell; nil if no network has the measure.
  func cell(_ row: Row, _ column: Column) -> Cell? {
    guard let bySeed = values[Key(row: row, column: column)] else { return nil }
    let perNetwork = bySeed.sorted { $0.key < $1.key }.map { Summary($0.value).mean }
    return Cell(summary: Summary(perNetwork), networks: perNetwork.count)
  }

  /// The table for the terminal. Several data sets have a column.
  public var text: TextTable {
    var table = body
    table.notes = spreadNotes
    let noisy = columns.filter { $0.perturbation != Record.clean }
    if !noisy.isEmpty {
      let mean = noisy.contains { $0.severity == nil }
      table.notes.append(
        "Columns of perturbations: accuracy %, mean over draws" + (mean ? " and levels." : "."))
    }
    if isMarked { table.notes.append(SummaryTable.markNote) }
    if let deadNote { table.notes.append(deadNote) }
    return table
  }

  /// How dead networks are counted, if there are any.
  var deadNote: String? {
    guard !dead.isEmpty else { return nil }
    return includesDead
      ? "Means include dead networks (silent, collapsed or at chance)."
      : "Means leave out dead networks (silent, collapsed or at chance); --include-dead takes them in."
  }

  private func count(_ row: Row) -> String {
    Self.count(networks[row] ?? [], dead: dead[row] ?? [:])
  }

  /// How many networks there are: `10`, or `10 (2 silent, 1 at chance)`.
  static func count(_ seeds: Set<UInt64>, dead: [NetworkState: Set<UInt64>]) -> String {
    let states = NetworkState.allCases.compactMap { state in
      dead[state].map { "\($0.count) \(state == .atChance ? "at chance" : state.rawValue)" }
    }
    return "\(seeds.count)" + (states.isEmpty ? "" : " (\(states.joined(separator: ", ")))")
  }

  /// What `±` means, if it is printed.
  var spreadNotes: [String] { hasSpread ? [SummaryTable.spreadNote] : [] }

  static let spreadNote = "Mean ± standard deviation over seeds."

  /// What the mark means.
  static let markNote = "* Without networks for which the measure is undefined."

  /// Whether a cell is marked.
  var isMarked: Bool { contains { cell, _ in cell.summary.skipped > 0 } }

  /// Whether a cell has a standard deviation; one seed has none.
  var hasSpread: Bool {
    contains { cell, column in column.showsStandardDeviation && cell.summary.deviation.number != nil
    }
  }

  private func contains(_ includes: (Cell, Column) -> Bool) -> Bool {
    rows.contains { row in
      columns.contains { column in cell(row, column).map { includes($0, column) } ?? false }
    }
  }

  /// The table without notes, and how many of its columns say what a row is about.
  var body: TextTable {
    var table = TextTable(
      (hasSeveralDatasets ? [TextTable.Column("data", .left)] : [])
        + [TextTable.Column("condition", .left), TextTable.Column("seeds", .right)]
        + columns.map { TextTable.Column($0.title, .right) })
    let bests = columns.map(bests)
    for row in rows {
      var marks: [Int: TextTable.Mark] = dead[row] == nil ? [:] : [keys - 1: .wrong]
      let cells = columns.indices.map { place in
        guard let cell = cell(row, columns[place]) else { return "" }
        if cell.summary.mean.number == nil {
          marks[keys + place] = .wrong
        } else if bests[place].contains(row) {
          marks[keys + place] = .best
        }
        return SummaryTable.text(cell, columns[place])
      }
      table.append(
        (hasSeveralDatasets ? [row.dataset] : [])
          + [row.condition, count(row)] + cells, marks: marks)
    }
    return table
  }

  private var hasSeveralDatasets: Bool { Set(rows.map(\.dataset)).count > 1 }

  /// Columns that say what a row is about.
  var keys: Int { hasSeveralDatasets ? 3 : 2 }

  /// The best rows of a column, among those of the same data set.
  private func bests(_ column: Column) -> Set<Row> {
    guard let better = column.better else { return [] }
    // By the printed digits: of two equal texts neither is better.
    let unit = (0..<column.digits).reduce(column.percent ? 100.0 : 1) { scale, _ in scale * 10 }
    let values = rows.compactMap { row in
      cell(row, column)?.summary.mean.number.map { (row: row, value: ($0 * unit).rounded()) }
    }
    return Set(
      Dictionary(grouping: values, by: \.row.dataset).values.flatMap { own -> [Row] in
        let numbers = own.map(\.value)
        let best = better == .higher ? numbers.max() : numbers.min()
        // One row, or equal rows, have no best one.
        guard let best, Set(numbers).count > 1 else { return [] }
        return own.filter { $0.value == best }.map(\.row)
      })
  }

  /// A number that should be whole, whatever a file says it is.
  static func whole(_ number: Double) -> String {
    Int(exactly: number).map { "\($0)" } ?? "\(number)"
  }

  private static func text(_ cell: Cell, _ column: Column) -> String {
    let mark = cell.summary.skipped > 0 ? "*" : ""
    guard let mean = cell.summary.mean.number else { return "undefined" + mark }
    let factor = column.percent ? 100.0 : 1.0
    let format = "%.\(column.digits)f"
    var text = String(format: format, mean * factor)
    if column.showsStandardDeviation, let deviation = cell.summary.deviation.number {
      text += " ± " + String(format: format, deviation * factor)
    }
    return text + mark
  }
}
