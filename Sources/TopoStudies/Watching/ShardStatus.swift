import Foundation
import TopoFoundation
import TopoTraining

/// How far a shard of a study is.
public struct ShardStatus: Sendable, Hashable, Codable {
  /// Its number, from 1.
  public var number: Int
  /// Number of shards.
  public var count: Int
  /// `waiting` (has not begun), `training`, `interrupted`, `unknown` or `trained`.
  public var state: StudyStatus.State
  /// Networks that are trained or stopped, of its networks.
  public var networks: StudyStatus.Share
  /// Epochs of each network, summed over its networks.
  public var epochs: StudyStatus.Share

  /// The status of each shard of a study in a folder, also of those that have not begun.
  /// - Parameters:
  ///   - planned: the networks of the plan; empty if there is none, and then shards that have not
  ///     begun are left out.
  ///   - networks: what is known of networks in the folders of shards.
  ///   - known: what is known of all networks, also those that were taken over from a shard.
  ///   - epochs: of a whole training.
  static func all(
    in url: URL, planned: [Member], networks: [URL: [NetworkStatus]],
    known: [Member: NetworkStatus], epochs: Int
  ) -> [ShardStatus] {
    guard let count = ShardFolders.count(in: url) else { return [] }
    return (1...count).compactMap { number in
      let folder = ShardFolders.folder(number, of: count, in: url)
      let hasBegun = FileManager.default.fileExists(atPath: folder.path)
      let share = (try? Shard(number, of: count))?.share(of: planned) ?? []
      let own =
        networks[folder]
        ?? share.map { known[$0] ?? NetworkStatus(member: $0, epochs: 0, isStopped: false) }
      // Shards without a network have nothing to do.
      guard !own.isEmpty else { return nil }
      let done = own.count { $0.isStopped || $0.epochs >= epochs }
      return ShardStatus(
        number: number, count: count,
        state: hasBegun
          ? state(of: folder, isTrained: done == own.count)
          : done == own.count ? .trained : .waiting,
        networks: .init(done: done, all: own.count),
        epochs: .init(done: own.reduce(0) { $0 + $1.epochs }, all: own.count * epochs))
    }
  }

  private static func state(of folder: URL, isTrained: Bool) -> StudyStatus.State {
    switch FileLock.holder(of: folder.appending(path: ".lock")) {
    case .process: .training
    case .unknown: .unknown
    case .none: isTrained ? .trained : .interrupted
    }
  }
}
