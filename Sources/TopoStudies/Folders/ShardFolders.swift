import Foundation

/// Where the shards of a study work: `DIR/shards/<k>-of-<n>`.
enum ShardFolders {
  /// The folder that holds those of the shards.
  static func all(in url: URL) -> URL { url.appending(path: "shards") }

  /// The folders of shards that have begun, by their numbers.
  static func found(in url: URL) -> [URL] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: all(in: url).path)) ?? []
    return names.compactMap { name in numbers(name).map { ($0, name) } }
      .sorted { $0.0 < $1.0 }.map { all(in: url).appending(path: $0.1) }
  }

  /// The numbers of a folder's name, the number of shards first; nil for other names.
  private static func numbers(_ name: String) -> (Int, Int)? {
    let parts = name.components(separatedBy: "-of-")
    guard parts.count == 2, let number = Int(parts[0]), let count = Int(parts[1]) else {
      return nil
    }
    return (count, number)
  }
}
