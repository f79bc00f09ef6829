import Foundation
import TopoEvaluation
import TopoFoundation
import TopoNetworks

/// A table of networks with perturbed weights: one row per data set, condition and perturbation,
/// with mean and standard deviation over seeds.
///
/// ```swift
/// if let table = DegradationTable(records) { print(table.text) }
/// ```
public struct DegradationTable: Sendable {
  private struct Row: Hashable {
    var dataset: String
    var condition: String
    var perturbation: String
  }

  private let rows: [Row]
  private let seeds: [Row: Set<UInt64>]
  /// Seeds of dead networks, by state.
  private let dead: [Row: [NetworkState: Set<UInt64>]]
  /// By row, measure and seed: of all draws and severities.
  private let values: [Row: [String: [UInt64: [MeasuredValue]]]]

  private static let columns = [
    ("AUDC %", MeasureName.areaUnderAccuracy, 100.0),
    ("AUDC / clean", MeasureName.normalizedAreaUnderAccuracy, 1),
    ("half level", MeasureName.halfLevel, 1),
    ("largest p change", MeasureName.largestProbabilityChange, 1),
  ]

  /// Summarizes the records of weight perturbations; nil without such records.
  /// - Parameter includesDead: whether means include networks that learned nothing. The number of
  ///   seeds always includes them.
  public init?(_ records: [Record], includesDead: Bool = false) {
    var (rows, seeds) = ([Row](), [Row: Set<UInt64>]())
    var dead: [Row: [NetworkState: Set<UInt64>]] = [:]
    var values: [Row: [String: [UInt64: [MeasuredValue]]]] = [:]
    for record in records
    where WeightDegradation.isAbout(record)
      && Self.columns.contains(where: { $0.1 == record.measure })
      // Severity 0 changes nothing.
      && (record.measure != MeasureName.largestProbabilityChange || record.severity > 0)
    {
      let row = Row(
        dataset: record.dataset, condition: record.condition, perturbation: record.perturbation)
      if seeds[row] == nil { rows.append(row) }
      seeds[row, default: []].insert(record.seed)
      if record.state.isDead {
        dead[row, default: [:]][record.state, default: []].insert(record.seed)
        if !includesDead { continue }
      }
      values[row, default: [:]][record.measure, default: [:]][record.seed, default: []]
        .append(record.value)
    }
    guard !rows.isEmpty else { return nil }
    (self.rows, self.seeds, self.dead, self.values) = (rows, seeds, dead, values)
  }

  /// The table for the terminal. It has a column of data sets if there are several.
  public var text: TextTable {
    var (table, hasSpread, isMarked) = body
    if hasSpread { table.notes[0] = SummaryTable.spreadNote + " " + table.notes[0] }
    if isMarked { table.notes.append(SummaryTable.markNote) }
    return table
  }

  /// The table without the notes on `±` and `*`, and whether cells have these.
  var body: (table: TextTable, hasSpread: Bool, isMarked: Bool) {
    let several = keys == 4
    // All networks may lack a measure, for example if there is only one severity.
    let columns = Self.columns.filter { column in
      values.isEmpty || rows.contains { values[$0]?[column.1] != nil }
    }
    var table = TextTable(
      (several ? [TextTable.Column("data", .left)] : [])
        + [
          TextTable.Column("perturbation", .left), TextTable.Column("condition", .left),
          TextTable.Column("seeds", .right),
        ] + columns.map { TextTable.Column($0.0, .right) })
    var order: [String] = []
    for row in rows where !order.contains(row.perturbation) { order.append(row.perturbation) }
    var (skipped, spread) = (false, false)
    for perturbation in order {
      for row in rows where row.perturbation == perturbation {
        var cells = several ? [row.dataset] : []
        cells += [
          Self.short(row.perturbation), row.condition,
          SummaryTable.count(seeds[row] ?? [], dead: dead[row] ?? [:]),
        ]
        for (_, measure, factor) in columns {
          guard let measures = values[row] else {
            cells.append("")
            continue
          }
          guard let bySeed = measures[measure] else {
            cells.append("")
            continue
          }
          let summary = Summary(
            bySeed.sorted { $0.key < $1.key }.map { Summary($0.value).mean })
          cells.append(Self.text(summary, factor))
          if summary.skipped > 0 { skipped = true }
          if summary.standardDeviation.number != nil { spread = true }
        }
        table.append(cells)
      }
    }
    let names = Set(columns.map(\.1))
    table.notes.append("Draws are averaged first.")
    if names.contains(MeasureName.areaUnderAccuracy) {
      table.notes.append("AUDC: area under accuracy from severity 0 to the largest severity.")
    }
    if names.contains(MeasureName.halfLevel) {
      table.notes.append(
        "Half level: severity at which accuracy is halfway to chance"
          + (rows.contains { $0.perturbation.hasPrefix("weights/quantization") }
            ? "; of quantization, it is the step between codes over the largest weight, not the "
              + "number of bits." : "."))
    }
    if names.contains(MeasureName.largestProbabilityChange) {
      table.notes.append(
        "Largest p change: largest change of the mean probability of a class, mean over draws and "
          + "severities.")
    }
    return (table, spread, skipped)
  }

  /// Number of columns that identify a row.
  var keys: Int { Set(rows.map(\.dataset)).count > 1 ? 4 : 3 }

  /// A label without the parts that most labels share.
  private static func short(_ label: String) -> String {
    label.replacing("weights/", with: "").replacing("/topographic", with: "")
  }

  private static func text(_ summary: Summary, _ factor: Double) -> String {
    let mark = summary.skipped > 0 ? "*" : ""
    guard let mean = summary.mean.number else { return "-" + mark }
    let value = mean * factor
    let spread = summary.standardDeviation.number.map { $0 * factor }
    let isSmall = abs(value) < 0.001 && value != 0
    func number(_ value: Double) -> String {
      isSmall ? String(format: "%.2g", value) : String(format: factor == 1 ? "%.3f" : "%.1f", value)
    }
    // A spread below the last digit of the mean is mostly rounding of the mean.
    let lastDigit = isSmall ? pow(10, floor(log10(abs(value))) - 1) : 0
    let spreadText = spread.map { " ± " + ($0 < lastDigit / 2 ? "0" : number($0)) }
    return number(value) + (spreadText ?? "") + mark
  }
}
