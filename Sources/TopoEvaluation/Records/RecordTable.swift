import Foundation
import TopoFoundation
import TopoNetworks

/// Records and where they come from: what an evaluation or a study leaves, and what every table
/// and figure is derived from.
public struct RecordTable: Sendable, Hashable {
  /// The records, in the order of the files.
  public var records: [Record]
  /// How they came about, by name: versions, device, driver, noise seed, the plan's digest.
  public var provenance: [String: String]

  /// A table of records.
  public init(_ records: [Record] = [], provenance: [String: String] = [:]) {
    self.records = records
    self.provenance = provenance
  }

  /// The columns of `metrics.csv`. `value` is empty where `reason` says why there is none; all else
  /// is empty nowhere.
  public static let columns =
    ["dataset"] + NetworkIdentity.columns
    + ["state", "measure", "perturbation", "severity", "draw", "value", "reason"]

  /// Writes `metrics.csv` and `metrics.json` into a folder that exists, each whole or not at all.
  /// - Throws: `UserError` where they cannot be written.
  public func write(to folder: URL) throws {
    // What says where records come from is there before them.
    try AtomicFile.write(json, to: folder.appending(path: "metrics.json"))
    try AtomicFile.write(csv, to: folder.appending(path: "metrics.csv"))
  }

  /// The records as comma-separated values (RFC 4180, lines end in CR LF), numbers as the
  /// shortest decimals that read back as the same doubles.
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

  /// The records of a `metrics.csv`; provenance is in `metrics.json` only.
  /// - Throws: `UserError` that names the line where the file is not what `write` makes.
  public init(csv url: URL) throws {
    let bytes = try FileContents.read(url)
    let name = url.path
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw UserError(name, "is not UTF-8 text; give a metrics.csv that this program wrote")
    }
    try self.init(csv: text, file: name)
  }

  /// The records of a text like `metrics.csv`; `file` is its name in errors.
  /// - Throws: `UserError` that names the line where it is not what `csv` makes.
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
        "line \(row.line) has '\(row.fields[column])' as \(columns[column]), which is not \(what); "
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
      let column = columns.indices.first { place in
        isNumber[columns[place]].map { !$0(row.fields[place]) } ?? false
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
