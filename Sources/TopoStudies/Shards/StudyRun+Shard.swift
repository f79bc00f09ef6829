import Foundation
import TopoCompute
import TopoFoundation
import TopoTraining

extension StudyRun {
  /// The networks of a shard; empty if there are more shards than networks. If the folder holds a
  /// part of this study, whose shards were put together, these are some of the networks that are
  /// added to it.
  /// - Parameter url: the study's folder.
  /// - Throws: `UserError` if it holds shards of another number, another study, or all networks.
  public func members(of shard: Shard, in url: URL) throws -> [Member] {
    if let found = try RunFolder<StudyFolder.Description>.read(url) {
      try found.requirePart(of: training.identity, in: url)
    }
    return shard.share(of: try Shard.members(plan.members, forShardsOf: shard.count, in: url))
  }

  /// The folder in which a shard works.
  public func folder(of shard: Shard, in url: URL) -> URL {
    ShardFolders.folder(shard.number, of: shard.count, in: url)
  }

  /// Trains the networks of a shard in `DIR/shards/<k>-of-<n>`, or continues. Nothing is evaluated:
  /// `run(in:devices:resume:report:)` with `resume` takes the shards over and does the rest.
  /// - Parameters:
  ///   - shard: a shard with a network at least.
  ///   - url: the study's folder, which all shards share.
  ///   - resume: whether to continue what the shard's folder holds.
  ///   - report: called on the calling thread.
  /// - Returns: the progress of the shard.
  /// - Throws: `UserError`, also if the study's folder holds all networks already, or shards of
  ///   another number; `DeviceError`.
  public func run(
    _ shard: Shard, in url: URL, devices: [any Device], resume: Bool,
    report: (TrainingRun.Event) -> Void = { _ in }
  ) throws -> StudyProgress {
    try checkSuite(on: devices)
    var run = training
    run.members = try members(of: shard, in: url)
    let folder = folder(of: shard, in: url)
    try requireShare(run.members, in: folder)
    return try run.run(in: folder, devices: devices, resume: resume, report: report) {
      try keepPlan(in: folder, hasResults: false)
    }
  }

  /// Refuses a shard that was begun with a smaller plan, of which the networks are dealt otherwise.
  private func requireShare(_ members: [Member], in folder: URL) throws {
    guard let found = try RunFolder<StudyFolder.Description>.read(folder) else { return }
    let (own, all) = (Set(members), Set(plan.members))
    guard let other = found.identity.members.first(where: { !own.contains($0) }),
      found.identity.members.allSatisfy(all.contains)
    else { return }
    throw UserError(
      folder,
      "was begun with a smaller plan and has \(other.path), which is now dealt to another shard; put "
        + "the shards together without --shard and with --resume, then add networks with --shard")
  }
}
