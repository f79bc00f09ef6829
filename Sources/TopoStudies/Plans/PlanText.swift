/// Numbers and texts of plans as YAML scalars.
enum PlanText {
  /// The shortest decimal that reads back as the number; whole numbers without a point.
  static func decimal(_ number: some BinaryFloatingPoint & CustomStringConvertible)
    -> String
  {
    let text = number.description
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }

  /// A text as a YAML scalar: plain if YAML cannot read it as anything but a text, otherwise
  /// in quotes.
  static func quoted(_ text: String) -> String {
    let words: Set = ["true", "false", "yes", "no", "on", "off", "null", "y", "n"]
    let isPlain =
      text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "/._-".contains($0)) }
      && text.first.map { $0.isLetter || $0 == "/" } ?? false
      && !words.contains(text.lowercased())
    guard !isPlain else { return text }
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": quoted += "\\\(scalar)"
      case "\n": quoted += "\\n"
      case "\t": quoted += "\\t"
      case _ where scalar.value < 0x20 || (0x7F...0xA0).contains(scalar.value):
        quoted += "\\x" + String(scalar.value + 0x100, radix: 16).dropFirst()
      case "\u{FEFF}": quoted += "\\uFEFF"
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "\""
  }
}
