import Foundation
import TopoFoundation

extension RecordTable {
  /// Provenance and records as JSON: `{"provenance": {...}, "records": [...]}`, one line per
  /// record. An undefined value is `null` and has a reason.
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
    let (value, network) = (record.checkedValue, record.network)
    let fields: [(String, String)] = [
      ("dataset", JSONText.string(record.dataset)),
      ("architecture", JSONText.string(network.architecture)),
      ("sheet", JSONText.string(network.sheet)),
      ("condition", JSONText.string(network.condition)),
      ("penalty", JSONText.string(network.penalty)),
      ("metric", JSONText.string(network.metric)),
      ("lambda", "\(network.lambda)"),
      ("view", JSONText.string(network.view)),
      ("layout", JSONText.string(network.layout)),
      ("scale", JSONText.string(network.scale)),
      ("neighborhood", JSONText.string(network.neighborhood)),
      ("seed", "\(network.seed)"),
      ("epoch", "\(network.epoch)"),
      ("state", JSONText.string(record.state.rawValue)),
      ("measure", JSONText.string(record.measure)),
      ("perturbation", JSONText.string(record.perturbation)),
      ("severity", "\(record.severity)"),
      ("draw", "\(record.draw)"),
      ("value", value.number.map { "\($0)" } ?? "null"),
      ("reason", value.reason.map(JSONText.string) ?? "null"),
    ]
    return "{" + fields.map { "\"\($0.0)\": \($0.1)" }.joined(separator: ", ") + "}"
  }
}

/// Writes text as JSON.
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
