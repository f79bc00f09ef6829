/// A table for the terminal: a header, a rule, and aligned rows.
public struct TextTable: Sendable, Hashable, CustomStringConvertible {
  /// On which side of its column a cell lies.
  public enum Alignment: Sendable, Hashable {
    /// For text.
    case left
    /// For numbers.
    case right
  }

  /// A column.
  public struct Column: Sendable, Hashable {
    /// What the header calls it.
    public var title: String
    /// Where its cells lie; nil for the right where every cell reads as a number, else the left.
    public var alignment: Alignment?

    /// A column.
    public init(_ title: String, _ alignment: Alignment? = nil) {
      self.title = title
      self.alignment = alignment
    }
  }

  /// The columns.
  public var columns: [Column]
  /// Cells row by row; a row may be shorter than the header, the rest is then empty.
  public private(set) var rows: [[String]] = []
  /// Lines below the table.
  public var notes: [String] = []

  /// A table without rows.
  public init(_ columns: [Column]) { self.columns = columns }

  /// A table without rows, whose columns align themselves by what they hold.
  public init(_ titles: [String]) { self.init(titles.map { Column($0) }) }

  /// Adds a row of at most as many cells as there are columns.
  public mutating func append(_ row: [String]) {
    precondition(row.count <= columns.count, "a row has at most one cell per column")
    rows.append(row)
  }

  /// The whole table, its lines ending in a line feed and without trailing spaces.
  public var description: String {
    let cells = rows.map { row in
      (0..<columns.count).map { $0 < row.count ? TextTable.singleLine(row[$0]) : "" }
    }
    let widths = columns.indices.map { column in
      cells.reduce(TextTable.width(columns[column].title)) {
        max($0, TextTable.width($1[column]))
      }
    }
    let alignments = columns.indices.map { column in
      columns[column].alignment
        ?? (cells.allSatisfy { TextTable.isNumber($0[column]) } ? .right : .left)
    }
    func line(_ cells: [String]) -> String {
      let padded = cells.indices.map { column in
        let space = String(repeating: " ", count: widths[column] - TextTable.width(cells[column]))
        return alignments[column] == .right ? space + cells[column] : cells[column] + space
      }
      return TextTable.trimmed(padded.joined(separator: "  ")) + "\n"
    }
    return line(columns.map(\.title))
      + line(widths.map { String(repeating: "-", count: $0) })
      + cells.map(line).joined()
      + notes.map { $0 + "\n" }.joined()
  }

  /// Characters of the longest line of header and rows.
  var width: Int {
    columns.indices.reduce(2 * (columns.count - 1)) { sum, column in
      let cells = rows.map { column < $0.count ? TextTable.width($0[column]) : 0 }
      return sum + max(TextTable.width(columns[column].title), cells.max() ?? 0)
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

  /// Empty, or led by a number: `0.98`, `98.1 ± 0.2`, `-`, `12 ms`.
  private static func isNumber(_ cell: String) -> Bool {
    guard let first = cell.first(where: { $0 != "-" && $0 != "+" && $0 != "." }) else {
      return true
    }
    return first.isASCII && first.isNumber
  }

  /// Columns of the terminal that a text takes: two for East Asian wide characters and emoji.
  static func width(_ text: String) -> Int {
    text.reduce(0) { sum, character in
      guard let scalar = character.unicodeScalars.first else { return sum }
      let wide =
        switch scalar.value {
        case 0x1100...0x115F, 0x2E80...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
          0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1FAFF, 0x20000...0x3FFFD:
          true
        default: false
        }
      return sum + (wide ? 2 : 1)
    }
  }
}
