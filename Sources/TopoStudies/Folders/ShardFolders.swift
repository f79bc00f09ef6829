import Foundation
import TopoFoundation

/// Where the shards of a study work: `DIR/shards/<k>-of-<n>`.
enum ShardFolders {
  /// Name of the folder that holds those of the shards.
  static let name = "shards"

  /// The folder that holds those of the shards.
  static func all(in url: URL) -> URL { url.appending(path: name) }

  /// The folder of the shard of a number among a number of shards.
  static func folder(_ number: Int, of count: Int, in url: URL) -> URL {
    all(in: url).appending(path: "\(number)-of-\(count)")
  }

  /// The number of shards, by those that have begun; nil if none has.
  static func count(in url: URL) -> Int? { numbers(in: url).first?.count }

  /// The folders of shards that have begun, by their numbers.
  static func found(in url: URL) -> [URL] {
    numbers(in: url).map { folder($0.number, of: $0.count, in: url) }
  }

  /// Refuses shards: they are put together only if a study continues.
  /// - Throws: `UserError` if a folder holds any.
  static func requireNone(in url: URL) throws {
    guard let shard = found(in: url).first else { return }
    throw UserError(
      "\(url.path): the folder holds shards of a study (\(name)/\(shard.lastPathComponent)); add "
        + "--resume to put them together, or choose another with --out")
  }

  /// Refuses shards in a folder that holds shards of another number.
  /// - Throws: `UserError`.
  static func requireRoom(forShardsOf count: Int, in url: URL) throws {
    if let other = numbers(in: url).first(where: { $0.count != count }) {
      throw UserError(
        "\(url.path): the folder holds shards of \(other.count), not \(count); continue with "
          + "--shard K/\(other.count), or put them together without --shard and with --resume")
    }
  }

  private static func numbers(in url: URL) -> [(count: Int, number: Int)] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: all(in: url).path)) ?? []
    return names.compactMap(numbers).sorted { $0 < $1 }
  }

  /// The study's folder and the numbers of the shard that works in a folder; nil if it is not that of
  /// a shard.
  static func shard(at url: URL) -> (study: URL, number: Int, count: Int)? {
    let all = url.deletingLastPathComponent()
    guard all.lastPathComponent == name, let (count, number) = numbers(url.lastPathComponent) else {
      return nil
    }
    return (all.deletingLastPathComponent(), number, count)
  }

  /// The numbers of a folder's name; nil for other names.
  private static func numbers(_ name: String) -> (count: Int, number: Int)? {
    let parts = name.components(separatedBy: "-of-")
    guard parts.count == 2, let number = Int(parts[0]), let count = Int(parts[1]),
      "\(number)-of-\(count)" == name
    else { return nil }
    return (count, number)
  }
}
