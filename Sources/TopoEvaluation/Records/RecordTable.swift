import Foundation
import TopoFoundation
import TopoNetworks

/// Records with their provenance: the results of an evaluation or a study.
///
/// ```swift
/// let table = RecordTable(try suite.records(in: context, on: device))
/// try table.write(to: folder)  // metrics.csv and metrics.json
/// let again = try RecordTable(csv: folder.appending(path: "metrics.csv"))
/// ```
public struct RecordTable: Sendable, Hashable {
  /// The records, in the order of the files.
  public var records: [Record]
  /// How the records were made, by name: versions, device, driver, seeds, digest of the plan.
  public var provenance: [String: String]

  /// A table of records.
  public init(_ records: [Record] = [], provenance: [String: String] = [:]) {
    self.records = records
    self.provenance = provenance
  }

  /// The columns of `metrics.csv`. Either `value` or `reason` is empty; the other columns never
  /// are.
  public static let columns =
    ["dataset"] + NetworkIdentity.columns
    + ["state", "measure", "perturbation", "severity", "draw", "value", "reason"]

  /// Writes `metrics.csv` and `metrics.json` into an existing folder, each completely or not at
  /// all.
  /// - Throws: `UserError` if they cannot be written.
  public func write(to folder: URL) throws {
    // First the file with the provenance, so that no records are without it.
    try AtomicFile.write(json, to: folder.appending(path: "metrics.json"))
    try AtomicFile.write(csv, to: folder.appending(path: "metrics.csv"))
  }

  /// The records as comma-separated values (RFC 4180, lines end in CR LF). Numbers are the shortest
  /// decimals that read back as the same doubles.
  public var csv: String {
    var text = CSV.line(RecordTable.columns)
    for record in records {
      let value = record.checkedValue
      text += CSV.line(
        [record.dataset] + record.network.fields + [
          record.state.rawValue, record.measure, record.perturbation, "\(record.severity)",
          "\(record.draw)", value.number.map { "\($0)" } ?? "", value.reason ?? "",
        ])
    }
    return text
  }

  /// Reads the records of a `metrics.csv`. The provenance, which only `metrics.json` has, is empty.
  /// - Throws: `UserError` that names the line if the file does not have the form of `csv`.
  public init(csv url: URL) throws {
    let bytes = try FileContents.read(url)
    let name = url.path
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw UserError(name, "is not UTF-8 text; give a metrics.csv that this program wrote")
    }
    try self.init(csv: text, file: name)
  }

  /// Reads the records of a text in the form of `csv`.
  /// - Parameter name: name of the file in errors.
  /// - Throws: `UserError` that names the line if the text does not have that form.
  package init(csv text: String, file name: String) throws {
    var rows = try CSV.rows(text, file: name)
    guard !rows.isEmpty, rows.removeFirst().fields == RecordTable.columns else {
      throw UserError(
        name,
        "line 1 is not the header of a metrics.csv; it must read "
          + RecordTable.columns.joined(separator: ","))
    }
    self.init(try rows.map { try RecordTable.record($0, file: name) })
  }

  private static func record(_ row: CSV.Row, file: String) throws -> Record {
    func wrong(_ column: Int, _ what: String) -> UserError {
      UserError(
        file,
        "line \(row.line) has \"\(row.fields[column])\" as \(columns[column]), which is not \(what); "
          + "restore the file or evaluate again")
    }
    guard row.fields.count == columns.count else {
      throw UserError(
        file,
        "line \(row.line) has \(row.fields.count.counted("field")) instead of \(columns.count); "
          + "restore the file or evaluate again")
    }
    let first = 1 + NetworkIdentity.columns.count
    guard let network = NetworkIdentity(fields: Array(row.fields[1..<first])) else {
      let isNumber: [String: (String) -> Bool] = [
        "lambda": { Double($0)?.isFinite ?? false }, "seed": { UInt64($0) != nil },
        "epoch": { Int($0) != nil },
      ]
      let column = columns.indices.first { index in
        isNumber[columns[index]].map { !$0(row.fields[index]) } ?? false
      }
      throw wrong(column ?? 0, "a number")
    }
    guard let state = NetworkState(rawValue: row.fields[first]) else {
      throw wrong(
        first, "one of \(NetworkState.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    func number(_ column: Int) throws -> Double {
      guard let number = Double(row.fields[column]), number.isFinite else {
        throw wrong(column, "a number")
      }
      return number
    }
    guard let draw = Int(row.fields[first + 4]) else { throw wrong(first + 4, "a number") }
    return Record(
      dataset: row.fields[0], network: network, state: state, measure: row.fields[first + 1],
      perturbation: row.fields[first + 2], severity: try number(first + 3), draw: draw,
      value: row.fields[first + 5].isEmpty
        ? .undefined(row.fields[first + 6]) : .value(try number(first + 5)))
  }
}
