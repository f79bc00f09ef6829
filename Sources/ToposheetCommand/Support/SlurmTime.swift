/// Time limits in the formats of Slurm: minutes, `m:ss`, `h:mm:ss`, `d-hh`, `d-hh:mm`, `d-hh:mm:ss`.
enum SlurmTime {
  /// The least limit of a job, in seconds. Jobs ask for a signal two minutes before the limit, and
  /// Slurm may send it up to a minute earlier.
  static let least = 300

  /// A limit in seconds; nil if the text is none. Zero, which is no limit for Slurm, is none either.
  static func seconds(_ text: String) -> Int? {
    let halves = text.split(separator: "-", omittingEmptySubsequences: false)
    guard halves.count <= 2, let last = halves.last else { return nil }
    let words = last.split(separator: ":", omittingEmptySubsequences: false)
    let numbers = (halves.dropLast() + words).compactMap { word -> Int? in
      // Few enough digits for sums in seconds.
      guard word.count <= 9, word.allSatisfy({ $0.isASCII && $0.isNumber }) else { return nil }
      return Int(word)
    }
    guard words.count <= 3, numbers.count == words.count + halves.count - 1 else { return nil }
    // Seconds in each of them.
    let units =
      if halves.count == 2 { [86_400, 3600, 60, 1] } else {
        words.count == 1 ? [60] : words.count == 2 ? [60, 1] : [3600, 60, 1]
      }
    let seconds = zip(numbers, units).reduce(0) { $0 + $1.0 * $1.1 }
    return seconds > 0 ? seconds : nil
  }
}
