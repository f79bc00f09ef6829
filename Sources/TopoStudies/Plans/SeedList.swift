import TopoFoundation

/// Seeds as people write them: numbers, commas and inclusive ranges, `0-2,7`.
public struct SeedList: Sendable, Hashable, CustomStringConvertible {
  /// The seeds in the order they were written, each once.
  public let seeds: [UInt64]

  /// Far more members than any device trains; a slip of the finger asks for more.
  static let most = 100_000

  /// Reads `text`.
  /// - Throws: `UserError` when it is empty or not of that form, or a seed occurs twice.
  public init(_ text: String) throws {
    var seeds: [UInt64] = []
    for item in SelectionText.parts(text) {
      guard !item.isEmpty else {
        throw UserError("the seeds \"\(text)\" are empty in one place; write them as 0-2,7")
      }
      // Spaces may stand around a number, never within one: "1 2" is not 12.
      let ends = item.split(separator: "-", omittingEmptySubsequences: false).map {
        DecimalText.integer(SelectionText.trimmed($0), as: UInt64.self)
      }
      guard (1...2).contains(ends.count), let first = ends[0], let last = ends[ends.count - 1]
      else {
        throw UserError("\"\(item)\" is not a seed or a range of seeds; write them as 0-2,7")
      }
      guard first <= last else {
        throw UserError("the seeds \(item) run backwards; write \(last)-\(first)")
      }
      guard last - first < UInt64(Self.most), seeds.count + Int(last - first) < Self.most else {
        throw UserError(
          "the seeds \(Self.short(text)) are more than \(Self.most); ask for fewer")
      }
      seeds += Array(first...last)
    }
    var seen: Set<UInt64> = []
    if let twice = seeds.first(where: { !seen.insert($0).inserted }) {
      throw UserError("the seeds \"\(Self.short(text))\" name \(twice) twice; name it once")
    }
    self.seeds = seeds
  }

  /// Text for a sentence, which a long list would drown.
  private static func short(_ text: String) -> String {
    text.count <= 60 ? text : text.prefix(40) + "..."
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
