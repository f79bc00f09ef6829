import Foundation
import TopoEvaluation

/// Ensembles of networks as a table: a row per condition and number of members, beside the mean of
/// the members' own values.
///
/// ```swift
/// print(EnsembleTable.text(try EnsembleFile.read(in: folder), width: 100, colored: false))
/// ```
public enum EnsembleTable {
  private struct Column {
    var title: String
    var measure: EnsembleMeasure
    var scale: Double
    var digits: Int
  }

  private static let columns = [
    Column(title: "accuracy %", measure: .accuracy, scale: 100, digits: 2),
    Column(title: "of one", measure: .memberAccuracy, scale: 100, digits: 2),
    Column(title: "NLL", measure: .negativeLogLikelihood, scale: 1, digits: 4),
    Column(title: "of one", measure: .memberNegativeLogLikelihood, scale: 1, digits: 4),
    Column(title: "ECE %", measure: .calibrationError, scale: 100, digits: 2),
    Column(title: "of one", measure: .memberCalibrationError, scale: 100, digits: 2),
    Column(title: "disagree %", measure: .disagreement, scale: 100, digits: 2),
    Column(title: "kappa", measure: .errorConsistency, scale: 1, digits: 3),
  ]

  /// The table with its title and a note, after an empty line; empty text without ensembles.
  /// - Parameters:
  ///   - width: columns of the terminal.
  ///   - colored: whether undefined values have a color.
  public static func text(_ summaries: [EnsembleSummary], width: Int, colored: Bool) -> String {
    guard !summaries.isEmpty else { return "" }
    var table = TextTable(
      [.init("condition", .left), .init("k", .right), .init("groups", .right)]
        + columns.map { .init($0.title, .right) })
    var rows: [Row] = []
    var values: [Row: [String: EnsembleSummary]] = [:]
    for summary in summaries {
      let row = Row(condition: summary.condition, members: summary.members)
      if values[row] == nil { rows.append(row) }
      values[row, default: [:]][summary.measure] = summary
    }
    for row in rows {
      let found = values[row] ?? [:]
      let cells = columns.map { column -> String in
        guard let summary = found[column.measure.rawValue], let number = summary.mean.number
        else { return "-*" }
        let value = number * column.scale
        let text = String(format: abs(value) < 1e6 ? "%.\(column.digits)f" : "%.3g", value)
        return text + (summary.undefinedGroups > 0 ? "*" : "")
      }
      let marks = cells.indices.filter { cells[$0] == "-*" }.map {
        ($0 + 3, TextTable.Mark.wrong)
      }
      table.append(
        [row.condition, "\(row.members)", "\(found.values.first?.groups ?? 0)"] + cells,
        marks: Dictionary(uniqueKeysWithValues: marks))
    }
    let isMarked = table.rows.contains { $0.contains { $0.hasSuffix("*") } }
    let notes = wrapped(
      (isMarked
        ? "* Without groups for which the measure is undefined; -* if it is for all. " : "")
        + "Mean probability of k seeds, dead networks included; means over groups of k seeds. Of one: "
        + "the mean of the members' own values. Spread is in \(EnsembleFile.name).", width: width)
    return "\nEnsembles\n"
      + table.divided(width: width, keys: 3).map { $0.text(width: width, colored: colored) }
      .joined(separator: "\n") + notes.map { $0 + "\n" }.joined()
  }

  private struct Row: Hashable {
    var condition: String
    var members: Int
  }
}
