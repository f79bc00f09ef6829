import ArgumentParser
import Toposheet

/// Numbers of options: the same texts mean the same numbers as in plans. The parser's own reading
/// takes hexadecimal numbers, `inf` and `nan`.
enum NumberText {
  /// - Throws: `ValidationError` for what is no number in decimal digits.
  @Sendable static func double(_ text: String) throws -> Double {
    guard let number = DecimalText.number(SelectionText.trimmed(text)) else {
      throw ValidationError("\"\(text)\" is no number in decimal digits, such as 0.5 or 1e-3")
    }
    return number
  }

  /// As plans round to float32: from the nearest double.
  /// - Throws: `ValidationError` for what is no number in decimal digits.
  @Sendable static func float(_ text: String) throws -> Float { Float(try double(text)) }
}
