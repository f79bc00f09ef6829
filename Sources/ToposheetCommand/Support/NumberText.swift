import ArgumentParser
import Toposheet

/// Numbers of options, read as in plans. The argument parser itself would also accept hexadecimal
/// numbers, `inf` and `nan`.
enum NumberText {
  /// - Throws: `ValidationError` if the text is not a number in decimal digits.
  @Sendable static func double(_ text: String) throws -> Double {
    guard let number = DecimalText.number(SelectionText.trimmed(text)) else {
      throw ValidationError("\"\(text)\" is not a number in decimal digits, such as 0.5 or 1e-3")
    }
    return number
  }

  /// Rounds the nearest double to float32, as plans do.
  /// - Throws: `ValidationError` if the text is not a number in decimal digits.
  @Sendable static func float(_ text: String) throws -> Float { Float(try double(text)) }
}
