import Foundation
import TopoFoundation

/// The shards in a study's folder, locked and checked, so that they can be put together.
struct LockedShards {
  /// A shard, locked until `lock` is released.
  struct Shard {
    var folder: URL
    var lock: FileLock
    /// What its `study.json` says; nil if it has not begun, and holds no networks.
    var description: StudyFolder.Description?
  }

  /// The shards, by their numbers.
  private(set) var all: [Shard] = []

  /// No shards.
  init() {}

  /// Locks all shards. Nothing is written: a refusal leaves them to their processes.
  /// - Parameters:
  ///   - url: the study's folder, which is locked.
  ///   - run: the training of the study.
  ///   - bits: what determined the bits of the study so far.
  /// - Throws: `UserError` if a process is at work on a shard; if a shard is one of another study,
  ///   is damaged, or was trained with bits that the run does not accept.
  init(in url: URL, of run: TrainingRun, bits: [BitSource]) throws {
    do {
      for folder in ShardFolders.found(in: url) {
        try lock(folder, of: run, bits: bits)
      }
    } catch {
      release()
      throw error
    }
  }

  private mutating func lock(_ folder: URL, of run: TrainingRun, bits: [BitSource]) throws {
    let lock = try Self.lock(folder)
    all.append(Shard(folder: folder, lock: lock, description: nil))
    guard let description = try RunFolder<StudyFolder.Description>.read(folder) else {
      return try Self.requireNoNetworks(in: folder)
    }
    all[all.count - 1].description = description
    try Self.require(description, in: folder, of: run.identity)
    try StudyFolder.requireNoFolders(in: folder, of: description.identity.members)
    if FileManager.default.fileExists(atPath: folder.appending(path: "progress.json").path) {
      _ = try StudyProgress.read(
        folder, members: description.identity.members,
        last: description.identity.configuration.epochs, alongTraining: run.alongTraining)
    }
    guard !run.acceptsOtherDevices, let last = bits.last else { return }
    for source in description.sources where !bits.contains(source) {
      try DeviceMatch.require(source, last, of: "shard", in: folder)
    }
  }

  /// Releases the locks of shards that still have them.
  func release() { for shard in all { shard.lock.release() } }

  private static func lock(_ folder: URL) throws -> FileLock {
    do {
      return try FileLock(folder.appending(path: ".lock"))
    } catch FileLock.Failure.inUse {
      throw UserError(folder, "a process is at work on this shard; wait for it")
    } catch FileLock.Failure.system(let reason) {
      throw UserError(
        folder, "cannot be written to (\(reason)); make it a folder that you may write to")
    }
  }

  /// Refuses networks that nothing describes: with the shard's folder they would be removed.
  private static func requireNoNetworks(in folder: URL) throws {
    let files = try FolderWalk.files(below: folder)
    guard let file = files.first(where: { $0.pathExtension == "safetensors" }) else { return }
    throw UserError(
      file,
      "is in the folder of a shard without a \(StudyFolder.marker) that says what it is; restore that "
        + "file from a copy, or move \(folder.path) elsewhere, and the study trains its networks")
  }

  /// Checks, before a folder becomes that of a study, that the shards in it are of this study.
  /// - Throws: `UserError`.
  static func requireOwn(in url: URL, of identity: StudyFolder.Identity) throws {
    for folder in ShardFolders.found(in: url) {
      guard let shard = try RunFolder<StudyFolder.Description>.read(folder) else { continue }
      try require(shard, in: folder, of: identity)
    }
  }

  /// Checks that a shard is one of a study.
  private static func require(
    _ shard: StudyFolder.Description, in folder: URL, of identity: StudyFolder.Identity
  ) throws {
    var wanted = identity
    let known = Set(wanted.members)
    if let other = shard.identity.members.first(where: { !known.contains($0) }) {
      throw UserError(
        folder,
        "is a shard with \(other.path), which the plan does not have; give the plan that the shards "
          + "were begun with")
    }
    wanted.members = shard.identity.members
    guard StudyFolder.Description.isSame(shard.identity, wanted) else {
      let difference = StudyFolder.Description.difference(shard.identity, wanted)
      throw UserError(
        folder,
        "is a shard of another study (\(difference)); give the plan that the shards were begun "
          + "with, or remove this folder")
    }
  }
}
