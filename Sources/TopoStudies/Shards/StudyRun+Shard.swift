import Foundation
import TopoCompute
import TopoFoundation
import TopoTraining

extension StudyRun {
  /// The networks of a shard; empty if there are more shards than networks.
  public func members(of shard: Shard) -> [Member] { shard.share(of: plan.members) }

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
  /// - Throws: `UserError`, also if the study's folder holds a study that was begun without shards,
  ///   or shards of another number; `DeviceError`.
  public func run(
    _ shard: Shard, in url: URL, devices: [any Device], resume: Bool,
    report: (TrainingRun.Event) -> Void = { _ in }
  ) throws -> StudyProgress {
    try checkSuite(on: devices)
    try ShardFolders.requireRoom(forShardsOf: shard.count, in: url)
    var run = training
    run.members = members(of: shard)
    let folder = folder(of: shard, in: url)
    return try run.run(in: folder, devices: devices, resume: resume, report: report) {
      try keepPlan(in: folder, hasResults: false)
    }
  }
}
