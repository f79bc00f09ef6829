extension Int {
  /// A number of things: `1 channel`, `3 channels`, `2 classes`, `4 severities`.
  /// - Parameters:
  ///   - noun: its last word is what is counted.
  ///   - plural: if the rules of English do not give it.
  package func counted(_ noun: String, _ plural: String? = nil) -> String {
    "\(self) \(self == 1 ? noun : plural ?? Self.plural(noun))"
  }

  private static func plural(_ noun: String) -> String {
    // The ch of epoch is a k.
    if noun.hasSuffix("epoch") { return noun + "s" }
    if ["s", "x", "z", "ch", "sh"].contains(where: noun.hasSuffix) { return noun + "es" }
    let vowels: Set<Character> = ["a", "e", "i", "o", "u"]
    if noun.hasSuffix("y"), let before = noun.dropLast().last, !vowels.contains(before) {
      return noun.dropLast() + "ies"
    }
    return noun + "s"
  }
}
