import Foundation
import TopoFoundation
import TopoTraining

/// The records of a study folder and of the folders of its shards, read without a lock.
struct StudyRecords {
  /// The networks of all folders, in the order of the study.
  let networks: [NetworkStatus]
  /// Epochs of a whole training.
  let epochs: Int
  /// The file of the plan; nil if there is none.
  let plan: URL?
  /// The folders that were read.
  let folders: [URL]
  /// Whether any folder has a study.
  let hasBegun: Bool
  /// The shards; empty for a study without.
  let shards: [ShardStatus]

  /// Reads the records in a folder; nil if neither it nor a shard in it has a `study.json`, and no
  /// jobs of a cluster are to make them.
  /// - Throws: `UserError` about damaged files.
  init?(in url: URL) throws {
    let folders = [url] + ShardFolders.found(in: url)
    var (epochs, members, found) = (0, [Member](), [Member: NetworkStatus]())
    var parts: [URL: [NetworkStatus]] = [:]
    for folder in folders {
      guard let part = try Self.read(folder) else { continue }
      parts[folder] = part.networks
      epochs = max(epochs, part.epochs)
      for network in part.networks {
        // A member that was adopted from a shard, or that trains anew, is counted once.
        if let known = found[network.member] {
          if known.epochs < network.epochs { found[network.member] = network }
        } else {
          members.append(network.member)
          found[network.member] = network
        }
      }
    }
    // A plan alone is no study, except if it is that of jobs which are to begin.
    let hasFolder = !members.isEmpty || folders.count > 1
    // That of shards first: they may add networks to a study.
    let file = ((hasFolder ? folders.dropFirst() + [url] : []) + [Shard.jobs(in: url)])
      .map { $0.appending(path: "plan.yaml") }
      .first { FileManager.default.fileExists(atPath: $0.path) }
    // The plan also has networks of shards that have not begun, and their order.
    var planned: [Member] = []
    if folders.count > 1 || members.isEmpty,
      let plan = file.flatMap({ try? Plan(contentsOf: $0) })
    {
      planned = plan.members
      let isPlanned = Set(planned)
      members = planned + members.filter { !isPlanned.contains($0) }
      epochs = max(epochs, plan.epochs)
    }
    guard !members.isEmpty else { return nil }
    networks = members.map {
      found[$0] ?? NetworkStatus(member: $0, epochs: 0, isStopped: false)
    }
    (self.epochs, self.folders, plan) = (epochs, folders, file)
    hasBegun = !parts.isEmpty
    // Shards deal out what the study does not have yet; once put together, it has everything.
    let trained = Set((parts[url] ?? []).filter { $0.epochs > 0 }.map(\.member))
    let missing = planned.filter { !trained.contains($0) }
    shards = ShardStatus.all(
      in: url, planned: missing.isEmpty ? planned : missing, networks: parts, known: found,
      epochs: epochs)
  }

  /// The networks of one folder; nil if it holds no study.
  private static func read(_ url: URL) throws -> (networks: [NetworkStatus], epochs: Int)? {
    // A process may add networks between the two files, so they are read again if they disagree.
    for attempt in 0... {
      guard let study = try RunFolder<StudyFolder.Description>.read(url) else { return nil }
      let (members, last) = (study.identity.members, study.identity.configuration.epochs)
      let file = url.appending(path: "progress.json")
      let hasFile = FileManager.default.fileExists(atPath: file.path)
      let progress =
        hasFile ? try StudyFolder.progress(in: url) : StudyProgress(members: members)
      if progress.epochs.count == members.count {
        return (networks(members, progress), last)
      }
      guard attempt < 5 else {
        throw UserError(
          file,
          "is about \(progress.epochs.count.counted("network")), but study.json beside it about "
            + "\(members.count); continue the study with --resume")
      }
    }
    return nil
  }

  private static func networks(_ members: [Member], _ progress: StudyProgress) -> [NetworkStatus] {
    let stopped = Set(progress.stopped.map(\.member))
    var networks: [Member: NetworkStatus] = [:]
    for (member, epochs) in zip(members, progress.epochs) {
      networks[member] = NetworkStatus(
        member: member, epochs: epochs, isStopped: stopped.contains(member))
    }
    // By epoch, so that the last one stays.
    for report in progress.reports {
      networks[report.member]?.last = report
      if let order = report.measures?["morans-i-pre-relu"]?.number {
        networks[report.member]?.moransI = order
      }
    }
    return members.compactMap { networks[$0] }
  }
}
