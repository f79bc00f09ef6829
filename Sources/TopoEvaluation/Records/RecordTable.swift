import Foundation
import TopoCompute
import TopoSheets

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

  /// The columns of `metrics.csv`. `value` is empty where `reason` says why there is none.
  public static let columns = [
    "dataset", "condition", "penalty", "metric", "lambda", "seed", "measure", "perturbation",
    "severity", "repeat", "value", "reason",
  ]

  /// Writes `metrics.csv` and `metrics.json` into a folder that exists, each whole or not at all.
  /// - Throws: `FileError` where they cannot be written.
  public func write(to folder: URL) throws {
    try AtomicFile.write(csv, to: folder.appending(path: "metrics.csv"))
    try AtomicFile.write(json, to: folder.appending(path: "metrics.json"))
  }

  /// The records as comma-separated values (RFC 4180, lines end in CR LF), numbers as the
  /// shortest decimals that read back as the same doubles.
  public var csv: String {
    var text = CSV.line(RecordTable.columns)
    for record in records {
      let value = record.checkedValue
      text += CSV.line([
        record.dataset, record.condition, record.penalty, record.metric ?? "",
        record.lambda.map { "\($0)" } ?? "", "\(record.seed)", record.measure,
        record.perturbation, "\(record.severity)", "\(record.repeat)",
        value.number.map { "\($0)" } ?? "", value.reason ?? "",
      ])
    }
    return text
  }

  /// The records of a `metrics.csv`; provenance is in `metrics.json` only.
  /// - Throws: `FileError` that names the line where the file is not what `write` makes.
  public init(csv url: URL) throws {
    let bytes = try FileContents.read(url)
    let name = url.path
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw FileError(name, "is not UTF-8 text; give a metrics.csv that this program wrote")
    }
    try self.init(csv: text, file: name)
  }

  /// The records of a text like `metrics.csv`; `file` is its name in errors.
  /// - Throws: `FileError` that names the line where it is not what `csv` makes.
  package init(csv text: String, file name: String) throws {
    var rows = try CSV.rows(text, file: name)
    guard !rows.isEmpty, rows.removeFirst().fields == RecordTable.columns else {
      throw FileError(
        name,
        "line 1 is not the header of a metrics.csv; it must read "
          + RecordTable.columns.joined(separator: ","))
    }
    self.init(try rows.map { try RecordTable.record($0, file: name) })
  }

  private static func record(_ row: CSV.Row, file: String) throws -> Record {
    func wrong(_ column: Int) -> FileError {
      FileError(
        file,
        "line \(row.line) has '\(row.fields[column])' as \(columns[column]), which is not a "
          + "number; restore the file or evaluate again")
    }
    func number(_ column: Int) throws -> Double {
      guard let number = Double(row.fields[column]), number.isFinite else { throw wrong(column) }
      return number
    }
    func integer<Integer: FixedWidthInteger>(_ column: Int, _: Integer.Type) throws -> Integer {
      guard let number = Integer(row.fields[column]) else { throw wrong(column) }
      return number
    }
    guard row.fields.count == columns.count else {
      throw FileError(
        file,
        "line \(row.line) has \(row.fields.count) fields instead of \(columns.count); restore the "
          + "file or evaluate again")
    }
    return Record(
      dataset: row.fields[0], condition: row.fields[1], penalty: row.fields[2],
      metric: row.fields[3].isEmpty ? nil : row.fields[3],
      lambda: row.fields[4].isEmpty ? nil : try number(4),
      seed: try integer(5, UInt64.self), measure: row.fields[6], perturbation: row.fields[7],
      severity: try number(8), repeat: try integer(9, Int.self),
      value: row.fields[10].isEmpty ? .undefined(row.fields[11]) : .value(try number(10)))
  }
}
