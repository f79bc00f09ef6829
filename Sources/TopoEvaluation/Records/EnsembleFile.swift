import Foundation
import TopoFoundation

/// The file of ensembles: a row per condition, number of members and measure.
public enum EnsembleFile {
  /// Name of the file.
  public static let name = "ensembles.csv"

  /// The columns. `mean` is empty if no group has a value; `reason` says why.
  public static let columns = [
    "dataset", "condition", "members", "groups", "measure", "mean", "standard-deviation",
    "smallest", "largest", "undefined-groups", "reason",
  ]

  /// The lines of the file.
  static func lines(_ summaries: [EnsembleSummary], dataset: String) -> [String] {
    func text(_ number: Double?) -> String { number.map { "\($0)" } ?? "" }
    return [CSV.line(columns)]
      + summaries.map { row in
        CSV.line([
          dataset, row.condition, "\(row.members)", "\(row.groups)", row.measure,
          text(row.mean.number), text(row.standardDeviation.number), text(row.smallest),
          text(row.largest), "\(row.undefinedGroups)", row.mean.reason ?? "",
        ])
      }
  }

  /// The rows of the file in a folder of results; none without the file.
  /// - Throws: `UserError` that names the line if it does not have the form of `lines`.
  public static func read(in folder: URL) throws -> [EnsembleSummary] {
    let url = folder.appending(path: name)
    guard FileManager.default.fileExists(atPath: url.path) else { return [] }
    let bytes = try FileContents.read(url)
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw UserError(url, "is not UTF-8 text; evaluate again")
    }
    var rows = try CSV.rows(text, file: url.path)
    guard !rows.isEmpty, rows.removeFirst().fields == columns else {
      throw UserError(
        url, "line 1 is not the header of an \(name); restore the file or evaluate again")
    }
    return try rows.map { row in
      guard let summary = summary(row.fields) else {
        throw UserError(
          url,
          "line \(row.line) does not have the values of line 1; restore the file or evaluate again")
      }
      return summary
    }
  }

  private static func summary(_ fields: [String]) -> EnsembleSummary? {
    guard fields.count == columns.count, let members = Int(fields[2]), let groups = Int(fields[3]),
      let undefined = Int(fields[9])
    else { return nil }
    let numbers = fields[5...8].map { Double($0) }
    guard zip(numbers, fields[5...8]).allSatisfy({ $1.isEmpty || $0?.isFinite ?? false }) else {
      return nil
    }
    func value(_ index: Int, _ reason: String) -> MeasuredValue {
      numbers[index].map { .value($0) } ?? .undefined(reason)
    }
    return EnsembleSummary(
      condition: fields[1], members: members, groups: groups, measure: fields[4],
      mean: value(0, fields[10]), standardDeviation: value(1, "fewer than two values"),
      range: (numbers[2], numbers[3]), undefinedGroups: undefined)
  }
}
