import ArgumentParser
import Toposheet

/// The extents of a sheet as an option's text.
enum SheetText {
  /// Reads `11x11`.
  @Sendable static func sheet(_ text: String) throws -> Sheet {
    let extents = text.lowercased().split(separator: "x", omittingEmptySubsequences: false)
      .map { DecimalText.integer(SelectionText.trimmed($0)) }
    guard extents.count == 2, let rows = extents[0], let columns = extents[1],
      (1...1024).contains(rows), (1...1024).contains(columns)
    else {
      throw ValidationError(
        "\"\(text)\" is not a sheet; write rows x columns, each from 1 to 1024, as in 11x11")
    }
    return Sheet(rows: rows, columns: columns)
  }
}
