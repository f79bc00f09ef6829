extension Collection<String> {
  /// The texts as a list in a sentence: `a`, `a and b`, `a, b and c`.
  /// - Parameter word: the word before the last one.
  package func listed(_ word: String = "and") -> String {
    guard count > 1 else { return joined() }
    return dropLast().joined(separator: ", ") + " \(word) " + suffix(1).joined()
  }

  /// The texts as a list in a sentence, of which only the first ones are named:
  /// `a, b and 3 more`.
  /// - Parameter most: how many are named.
  package func listed(atMost most: Int) -> String {
    guard count > most else { return listed() }
    return prefix(most).joined(separator: ", ") + " and \(count - most) more"
  }
}
