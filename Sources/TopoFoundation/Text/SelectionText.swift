/// Lists as options have them.
package enum SelectionText {
  /// The parts between commas, without spaces around them and without empty parts. Spaces within a
  /// part stay: `1 2` is not 12.
  package static func items(_ text: String) -> [String] {
    text.split(separator: ",").map(trimmed).filter { !$0.isEmpty }
  }

  /// The parts between commas, without spaces around them; empty ones too.
  package static func parts(_ text: String) -> [String] {
    text.split(separator: ",", omittingEmptySubsequences: false).map(trimmed)
  }

  /// A text without the spaces around it.
  package static func trimmed(_ text: some StringProtocol) -> String {
    let rest = text.drop(while: \.isWhitespace)
    guard let last = rest.lastIndex(where: { !$0.isWhitespace }) else { return "" }
    return String(rest[...last])
  }
}
