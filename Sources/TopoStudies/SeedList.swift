/// Seeds as people write them: numbers, commas and inclusive ranges, `0-2,7`.
public struct SeedList: Sendable, Hashable, CustomStringConvertible {
  /// The seeds in the order they were written, each once.
  public let seeds: [UInt64]

  /// Far more members than any device trains; a slip of the finger asks for more.
  private static let most = 100_000

  /// Reads `text`.
  /// - Throws: `StudyError` when it is empty or not of that form, or a seed occurs twice.
  public init(_ text: String) throws {
    var seeds: [UInt64] = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      let item = part.filter { !$0.isWhitespace }
      guard !item.isEmpty else {
        throw StudyError("the seeds \"\(text)\" are empty in one place; write them as 0-2,7")
      }
      let ends = item.split(separator: "-", omittingEmptySubsequences: false).map {
        UInt64($0)
      }
      switch (ends.count, ends[0], ends[ends.count - 1]) {
      case (1, let seed?, _): seeds.append(seed)
      case (2, let first?, let last?):
        guard first <= last else {
          throw StudyError("the seeds \(item) run backwards; write \(last)-\(first)")
        }
        guard last - first < UInt64(Self.most) else {
          throw StudyError("the seeds \(item) are more than \(Self.most); ask for fewer")
        }
        seeds += Array(first...last)
      default:
        throw StudyError("\"\(item)\" is not a seed or a range of seeds; write them as 0-2,7")
      }
    }
    var seen: Set<UInt64> = []
    if let twice = seeds.first(where: { !seen.insert($0).inserted }) {
      throw StudyError("the seeds \"\(text)\" name \(twice) twice; name it once")
    }
    self.seeds = seeds
  }

  /// `0-2,7`
  public var description: String {
    var parts: [String] = []
    var start = 0
    while start < seeds.count {
      var end = start
      while end + 1 < seeds.count, seeds[end + 1] == seeds[end] &+ 1 { end += 1 }
      parts.append(start == end ? "\(seeds[start])" : "\(seeds[start])-\(seeds[end])")
      start = end + 1
    }
    return parts.joined(separator: ",")
  }
}
