/// How errors are written where people read them: they follow the program's name or a file's, so
/// they begin with a small letter, and have no full stop.
package enum SentenceStyle {
  /// A sentence of its own as one that goes on after a colon. Names and what is all capitals stay as
  /// they are: only a first word of one capital and small letters is changed.
  package static func continued(_ sentence: String) -> String {
    var text = sentence[...]
    if text.hasSuffix("."), !text.hasSuffix("..") { text = text.dropLast() }
    let word = text.prefix { $0 != " " }
    guard let first = word.first, first.isASCII, first.isUppercase,
      word.dropFirst().allSatisfy({ $0.isASCII && $0.isLowercase })
    else { return String(text) }
    return first.lowercased() + text.dropFirst()
  }
}
