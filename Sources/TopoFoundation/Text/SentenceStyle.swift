/// The form of errors that the user sees: they follow the program's name or a file's, so
/// they begin with a small letter, and have no full stop.
package enum SentenceStyle {
  /// A whole sentence in the form of one that continues after a colon. Names and words in capitals
  /// stay unchanged: only a first word of one capital and small letters is changed.
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
