import TopoFoundation

/// Seeds as people write them: numbers, commas and inclusive ranges, `0-2,7`.
public struct SeedList: Sendable, Hashable, CustomStringConvertible {
  /// The seeds in the order in which they were written, without duplicates.
  public let seeds: [UInt64]

  /// The most seeds, and members, that are accepted: far more than any device trains. A typing
  /// error may ask for more.
  static let most = 100_000

  /// Reads a list such as `0-2,7`.
  /// - Throws: `UserError` if the text is empty or not of that form, or a seed occurs twice.
  public init(_ text: String) throws {
    var seeds: [UInt64] = []
    for item in SelectionText.parts(text) {
      guard !item.isEmpty else {
        throw UserError("the seeds \"\(text)\" are empty in one place; write them as 0-2,7")
      }
      // Spaces are allowed around a number but not within one: "1 2" is not 12.
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

  /// A list of different seeds.
  init(_ seeds: [UInt64]) { self.seeds = seeds }

  /// The list for an error's sentence, cut if it is long.
  var short: String { Self.short(description) }

  /// The text for an error's sentence, cut if it is long.
  private static func short(_ text: String) -> String {
    text.count <= 60 ? text : text.prefix(40) + "..."
  }

  /// The list in its shortest form: `0-2,7`.
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
