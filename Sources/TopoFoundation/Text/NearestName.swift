/// The name that an unknown one probably means.
package enum NearestName {
  /// The only name that begins with the word, or the one with the fewest typing errors; nil if none
  /// is close.
  package static func of(_ word: String, among names: [String]) -> String? {
    let longer = names.filter { word.count > 1 && $0.hasPrefix(word) }
    if longer.count == 1 { return longer[0] }
    let close = names.map { (name: $0, slips: slips(from: word, to: $0)) }
      .filter { $0.slips <= max(1, min(word.count, $0.name.count) / 3) }
    guard let best = close.map(\.slips).min() else { return nil }
    return close.first { $0.slips == best }?.name
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
