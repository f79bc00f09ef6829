import Foundation
import TopoSheets

extension RecordTable {
  /// Provenance and records as JSON: `{"provenance": {...}, "records": [...]}`, a line per record,
  /// with `null` and a reason for what is undefined.
  public var json: String {
    var text = "{\n  \"provenance\": {"
    let entries = provenance.sorted { $0.key < $1.key }.map {
      "\n    \(JSONText.string($0.key)): \(JSONText.string($0.value))"
    }
    text += entries.joined(separator: ",") + (entries.isEmpty ? "}" : "\n  }")
    text += ",\n  \"records\": ["
    for (index, record) in records.enumerated() {
      text += index == 0 ? "\n    " : ",\n    "
      text += RecordTable.object(record)
    }
    return text + (records.isEmpty ? "]\n}\n" : "\n  ]\n}\n")
  }

  private static func object(_ record: Record) -> String {
    let value = record.checkedValue
    let fields: [(String, String)] = [
      ("dataset", JSONText.string(record.dataset)),
      ("condition", JSONText.string(record.condition)),
      ("penalty", JSONText.string(record.penalty)),
      ("metric", record.metric.map(JSONText.string) ?? "null"),
      ("lambda", record.lambda.map { "\($0)" } ?? "null"),
      ("seed", "\(record.seed)"),
      ("measure", JSONText.string(record.measure)),
      ("perturbation", JSONText.string(record.perturbation)),
      ("severity", "\(record.severity)"),
      ("repeat", "\(record.repeat)"),
      ("value", value.number.map { "\($0)" } ?? "null"),
      ("reason", value.reason.map(JSONText.string) ?? "null"),
    ]
    return "{" + fields.map { "\"\($0.0)\": \($0.1)" }.joined(separator: ", ") + "}"
  }
}

/// Text as JSON.
enum JSONText {
  /// A string in quotes, escaped (RFC 8259, 7).
  static func string(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": quoted += "\\\""
      case "\\": quoted += "\\\\"
      case "\n": quoted += "\\n"
      case "\r": quoted += "\\r"
      case "\t": quoted += "\\t"
      case _ where scalar.value < 0x20:
        let digits = String(scalar.value, radix: 16)
        quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "\""
  }
}
