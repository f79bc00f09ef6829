import Foundation
import TopoFoundation

/// A file of comma-separated values with a header.
struct ColumnTable: Sendable {
  private let indices: [String: Int]
  private let rows: [[String]]

  /// The rows of a file; nil if there is no such file.
  /// - Parameter columns: those that are kept; all by default.
  /// - Throws: `UserError` that names the file and the line if it cannot be read or a row does not
  ///   have the fields of the header.
  init?(_ url: URL, keeping columns: Set<String>? = nil) throws {
    guard FileManager.default.fileExists(atPath: url.path) else { return nil }
    guard let text = String(validating: try FileContents.read(url), as: UTF8.self) else {
      throw UserError(url, "is not UTF-8 text; restore the file or make it again")
    }
    var lines = try CSV.rows(text, file: url.path, keeping: columns)
    guard !lines.isEmpty else {
      throw UserError(url, "is empty; restore the file or make it again")
    }
    let header = lines.removeFirst().fields
    indices = Dictionary(
      header.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    rows = try lines.map { line in
      guard line.fields.count == header.count else {
        throw UserError(
          url,
          "line \(line.line) has \(line.fields.count.counted("field")) instead of "
            + "\(header.count); restore the file or make it again")
      }
      return line.fields
    }
  }

  /// The columns of the header.
  var columns: Set<String> { Set(indices.keys) }

  /// The rows as texts by column; nil if a column is missing.
  func texts(_ columns: [String]) -> [[String]]? {
    let places = columns.compactMap { indices[$0] }
    guard places.count == columns.count else { return nil }
    return rows.map { row in places.map { row[$0] } }
  }
}
