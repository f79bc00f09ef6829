/// A table for the terminal: a header, a rule, and aligned rows.
///
/// ```swift
/// var table = TextTable(["condition", "accuracy %"])
/// table.append(["control", "98.1"], marks: [1: .best])
/// print(table.text(width: 80, colored: true))
/// ```
public struct TextTable: Sendable, Hashable, CustomStringConvertible {
  /// The side of a column at which its cells are aligned.
  public enum Alignment: Sendable, Hashable {
    /// For text.
    case left
    /// For numbers.
    case right
  }

  /// Why a cell has a color, if colors are on.
  public enum Mark: Sendable, Hashable {
    /// The best value of its column.
    case best
    /// A failure or an undefined value.
    case wrong
  }

  /// A column.
  public struct Column: Sendable, Hashable {
    /// The title in the header.
    public var title: String
    /// The alignment of its cells; nil for the right if every cell begins with a number, and
    /// otherwise the left.
    public var alignment: Alignment?

    /// A column.
    public init(_ title: String, _ alignment: Alignment? = nil) {
      self.title = title
      self.alignment = alignment
    }
  }

  /// The columns.
  public var columns: [Column]
  /// Cells row by row. If a row is shorter than the header, its last cells are empty.
  public private(set) var rows: [[String]] = []
  /// Lines below the table.
  public var notes: [String] = []
  /// By row, then by column.
  private var marks: [Int: [Int: Mark]] = [:]

  /// A table without rows.
  public init(_ columns: [Column]) { self.columns = columns }

  /// A table without rows, whose columns are aligned by their content.
  public init(_ titles: [String]) { self.init(titles.map { Column($0) }) }

  /// Adds a row of at most as many cells as there are columns.
  /// - Parameter marks: marks of its cells, by column.
  public mutating func append(_ row: [String], marks: [Int: Mark] = [:]) {
    precondition(row.count <= columns.count, "a row has at most one cell per column")
    if !marks.isEmpty { self.marks[rows.count] = marks }
    rows.append(row)
  }

  /// The table as text without colors. Lines end in a line feed and have no trailing spaces.
  public var description: String { text() }

  /// The table as text.
  /// - Parameters:
  ///   - width: columns of the terminal, to which a last column of text and the notes are wrapped;
  ///     nil for no wrapping. Tables whose other columns are wider exceed it (see `divided`).
  ///   - colored: whether marks are printed in color.
  public func text(width: Int? = nil, colored: Bool = false) -> String {
    var cells = rows.map { row in
      columns.indices.map { [$0 < row.count ? TextTable.singleLine(row[$0]) : ""] }
    }
    let alignments = columns.indices.map { column in
      columns[column].alignment
        ?? (cells.allSatisfy { TextTable.isNumber($0[column][0]) } ? .right : .left)
    }
    var widths = columns.indices.map { column in
      cells.reduce(TextTable.width(columns[column].title)) {
        max($0, TextTable.width($1[column][0]))
      }
    }
    if let width, let last = widths.indices.last, alignments[last] == .left {
      let room = max(width - widths.dropLast().reduce(0) { $0 + $1 + 2 }, 20)
      if widths[last] > room {
        for row in cells.indices { cells[row][last] = wrapped(cells[row][last][0], width: room) }
        widths[last] = room
      }
    }
    func line(_ cells: [String], _ marks: [Int: Mark] = [:]) -> String {
      let padded = cells.indices.map { column in
        let count = max(widths[column] - TextTable.width(cells[column]), 0)
        let space = String(repeating: " ", count: count)
        let text = colored ? TextTable.painted(cells[column], marks[column]) : cells[column]
        return alignments[column] == .right ? space + text : text + space
      }
      return TextTable.trimmed(padded.joined(separator: "  ")) + "\n"
    }
    let body = cells.enumerated().flatMap { index, row in
      (0..<(row.map(\.count).max() ?? 1)).map { part in
        line(row.map { part < $0.count ? $0[part] : "" }, marks[index] ?? [:])
      }
    }
    return line(columns.map(\.title))
      + line(widths.map { String(repeating: "-", count: $0) })
      + body.joined()
      + notes.flatMap { width == nil ? [$0] : wrapped($0, width: width ?? 0) }
      .map { $0 + "\n" }.joined()
  }

  /// Width of header and rows in columns of the terminal.
  public var width: Int {
    columns.indices.reduce(2 * (columns.count - 1)) { sum, column in
      let cells = rows.map { column < $0.count ? TextTable.width($0[column]) : 0 }
      return sum + max(TextTable.width(columns[column].title), cells.max() ?? 0)
    }
  }

  /// The table divided into tables of at most `width` columns of the terminal. Each has the first
  /// `keys` columns and at least one other. The last one has the notes.
  public func divided(width: Int, keys: Int) -> [TextTable] {
    var groups: [[Int]] = [[]]
    for column in columns.indices.dropFirst(keys) {
      let longer = groups[groups.count - 1] + [column]
      if groups[groups.count - 1].isEmpty || only(keys: keys, longer).width <= width {
        groups[groups.count - 1] = longer
      } else {
        groups.append([column])
      }
    }
    var tables = groups.map { only(keys: keys, $0) }
    tables[tables.count - 1].notes = notes
    return tables
  }

  /// A table of the first `keys` columns and the chosen ones, without notes.
  private func only(keys: Int, _ chosen: [Int]) -> TextTable {
    let kept = Array(columns.indices.prefix(keys)) + chosen
    var table = TextTable(kept.map { columns[$0] })
    for (index, row) in rows.enumerated() {
      let rowMarks = marks[index] ?? [:]
      table.append(
        kept.map { $0 < row.count ? row[$0] : "" },
        marks: Dictionary(
          uniqueKeysWithValues: kept.enumerated().compactMap { new, old in
            rowMarks[old].map { (new, $0) }
          }))
    }
    return table
  }

  private static func painted(_ text: String, _ mark: Mark?) -> String {
    switch mark {
    case .best: "\u{1B}[1;32m\(text)\u{1B}[0m"
    case .wrong: "\u{1B}[31m\(text)\u{1B}[0m"
    case nil: text
    }
  }

  private static func trimmed(_ text: String) -> String {
    var text = text[...]
    while text.last == " " { text.removeLast() }
    return String(text)
  }

  private static func singleLine(_ text: String) -> String {
    String(text.map { $0.isNewline ? " " : $0 })
  }

  /// Whether a cell is empty or begins with a number: `0.98`, `98.1 ± 0.2`, `-`, `12 ms`.
  private static func isNumber(_ cell: String) -> Bool {
    guard let first = cell.first(where: { $0 != "-" && $0 != "+" && $0 != "." }) else {
      return true
    }
    return first.isASCII && first.isNumber
  }
}
