/// The name that an unknown one probably means.
package enum NearestName {
  /// The only name that begins with the word, or the one with the fewest typing errors; nil if none
  /// is close. Case and hyphens do not count, and words of two letters have no typing errors, as
  /// most others of two letters would be close.
  package static func of(_ word: String, among names: [String]) -> String? {
    let plain = plain(word)
    let longer = names.filter { plain.count > 1 && Self.plain($0).hasPrefix(plain) }
    if longer.count == 1 { return longer[0] }
    let close = names.map { name in
      let other = Self.plain(name)
      let isShort = max(plain.count, other.count) < 3
      return (
        name: name, slips: slips(from: plain, to: other),
        most: isShort ? 0 : max(1, min(plain.count, other.count) / 3)
      )
    }.filter { $0.slips <= $0.most }
    guard let best = close.map(\.slips).min() else { return nil }
    return close.first { $0.slips == best }?.name
  }

  private static func plain(_ text: String) -> String {
    text.lowercased().filter { $0 != "-" && $0 != "_" }
  }

  /// Typing errors between two words: letters to insert, remove, replace or exchange with the next
  /// (optimal string alignment distance).
  package static func slips(from first: String, to second: String) -> Int {
    let (a, b) = (Array(first), Array(second))
    if a.isEmpty || b.isEmpty { return max(a.count, b.count) }
    var before: [Int] = []
    var last = Array(0...b.count)
    for i in 1...a.count {
      var row = [i]
      for j in 1...b.count {
        var least = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1))
        if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] {
          least = min(least, before[j - 2] + 1)
        }
        row.append(least)
      }
      (before, last) = (last, row)
    }
    return last[b.count]
  }
}
