/// Comma-separated values as RFC 4180 has them.
package enum CSV {
  /// A row and the line of the file on which it begins, from 1.
  package struct Row: Sendable, Hashable {
    package var line: Int
    package var fields: [String]
  }

  /// Fields as a line with its end, quoted if they need it.
  package static func line(_ fields: [String]) -> String {
    fields.map(quoted).joined(separator: ",") + "\r\n"
  }

  private static func quoted(_ field: String) -> String {
    // Over scalars: CR LF is a single character to Swift, equal to neither.
    let special = field.unicodeScalars.contains {
      $0 == "," || $0 == "\"" || $0 == "\n" || $0 == "\r"
    }
    return special ? "\"" + field.replacing("\"", with: "\"\"") + "\"" : field
  }

  /// All rows of a text, whose lines may end in CR LF or LF.
  /// - Throws: `UserError` for a quote inside a plain field, text after a closing quote, or a
  ///   quoted field without end.
  /// - Parameter columns: which columns of the first row to keep; fields of others are empty. All by
  ///   default.
  package static func rows(
    _ text: String, file: String, keeping columns: Set<String>? = nil
  ) throws -> [Row] {
    var reader = Reader(bytes: Array(text.utf8), file: file)
    return try reader.rows(keeping: columns)
  }

  private struct Reader {
    let bytes: [UInt8]
    let file: String
    var position = 0
    var line = 1

    mutating func rows(keeping columns: Set<String>?) throws -> [Row] {
      var rows: [Row] = []
      var kept: [Bool] = []
      while position < bytes.count {
        var row = Row(line: line, fields: [try field(isKept: kept.first ?? true)])
        while position < bytes.count, bytes[position] == UInt8(ascii: ",") {
          position += 1
          let index = row.fields.count
          row.fields.append(try field(isKept: kept.indices.contains(index) ? kept[index] : true))
        }
        if rows.isEmpty, let columns { kept = row.fields.map(columns.contains) }
        if position < bytes.count, bytes[position] == UInt8(ascii: "\r") { position += 1 }
        if position < bytes.count {
          guard bytes[position] == UInt8(ascii: "\n") else {
            throw wrong("text after a closing quote or a lone carriage return")
          }
          position += 1
          line += 1
        }
        rows.append(row)
      }
      return rows
    }

    private mutating func field(isKept: Bool) throws -> String {
      guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else {
        let start = position
        while position < bytes.count {
          let byte = bytes[position]
          if byte == UInt8(ascii: ",") || byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") {
            break
          }
          guard byte != UInt8(ascii: "\"") else { throw wrong("a quote inside a plain field") }
          position += 1
        }
        return isKept ? String(decoding: bytes[start..<position], as: UTF8.self) : ""
      }
      let begin = line
      var field: [UInt8] = []
      position += 1
      while position < bytes.count {
        let byte = bytes[position]
        position += 1
        if byte == UInt8(ascii: "\"") {
          guard position < bytes.count, bytes[position] == byte else {
            return String(decoding: field, as: UTF8.self)
          }
          position += 1
        }
        if byte == UInt8(ascii: "\n") { line += 1 }
        field.append(byte)
      }
      line = begin
      throw wrong("a quoted field without end")
    }

    private func wrong(_ what: String) -> UserError {
      UserError(file, "line \(line) has \(what); restore the file or evaluate again")
    }
  }
}
