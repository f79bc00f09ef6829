import Foundation
import TopoCompute
import TopoFoundation
import TopoTraining

extension StudyFolder {
  /// Takes over what the shards in this folder have trained, and removes their folders. Nothing is
  /// lost if the process is killed: files are linked, then recorded, then removed from the shard.
  /// - Parameters:
  ///   - shards: the shards, which are locked and checked.
  ///   - progress: of this study; it receives the progress of the shards.
  ///   - run: the training of this study, whose members are in the folder's order.
  ///   - anyDevice: whether to accept shards of a device or version of other bits; this is recorded.
  ///   - report: called with each shard that was taken over.
  /// - Throws: `UserError` if files cannot be read or written.
  func gather(
    _ shards: LockedShards, _ progress: inout StudyProgress, run: TrainingRun, anyDevice: Bool,
    report: (String) -> Void
  ) throws {
    for locked in shards.all {
      defer { locked.lock.release() }
      let folder = locked.folder
      if let shard = locked.description {
        try adopt(shard.sources, of: folder, anyDevice: anyDevice)
        let count = try takeOver(folder, shard, into: &progress, run: run)
        try Provenance.add(folder, to: url)
        report("\(folder.lastPathComponent): \(count.counted("network")) taken over")
      }
      try Self.remove(folder)
    }
    // Fails if something else is in it, which is kept.
    rmdir(ShardFolders.all(in: url).path)
  }

  /// Links the files of the networks of which a shard has done more, and records them.
  /// - Returns: their number.
  private func takeOver(
    _ folder: URL, _ shard: Description, into progress: inout StudyProgress, run: TrainingRun
  ) throws -> Int {
    guard
      FileManager.default.fileExists(atPath: folder.appending(path: "progress.json").path)
    else { return 0 }
    let theirs = try StudyProgress.read(
      folder, members: shard.identity.members, last: shard.identity.configuration.epochs,
      alongTraining: run.alongTraining)
    let positions = Dictionary(uniqueKeysWithValues: zip(run.members, run.members.indices))
    let pairs = shard.identity.members.enumerated().compactMap { index, member in
      positions[member].map { (own: $0, theirs: index, member: member) }
    }.filter { progress.isBehind($0.own, theirs, $0.theirs) }
    for pair in pairs {
      try makeFolder(pair.member)
      try removeCheckpoints(pair.member, but: nil)
      try Self.link(folder.appending(path: pair.member.path), into: self.folder(pair.member))
    }
    try linkEvents(folder, pairs.map(\.member))
    progress.take(pairs.map { ($0.own, $0.theirs) }, from: theirs, members: run.members)
    progress.count(last: run.configuration.epochs)
    try progress.write(self, run.configuration)
    return pairs.count
  }

  /// Links the event files of members.
  private func linkEvents(_ shard: URL, _ members: [Member]) throws {
    for member in members {
      let source = shard.appending(path: Self.tensorboard).appending(path: member.path)
      guard FileManager.default.fileExists(atPath: source.path) else { continue }
      let target = url.appending(path: Self.tensorboard).appending(path: member.path)
      try? FileManager.default.createDirectory(at: target, withIntermediateDirectories: true)
      try Self.link(source, into: target)
    }
  }

  /// Links the files of one folder into another, where files of the same names are replaced. Files
  /// are copied if the file system has no links.
  /// - Throws: `UserError`.
  private static func link(_ source: URL, into target: URL) throws {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: source.path)) ?? []
    for name in names where !name.hasPrefix(".") {
      let (from, to) = (source.appending(path: name), target.appending(path: name))
      if Glibc.link(from.path, to.path) == 0 { continue }
      if errno == EEXIST, isSame(from, to) { continue }
      try AtomicFile.write(try FileContents.read(from), to: to)
    }
  }

  private static func isSame(_ one: URL, _ other: URL) -> Bool {
    var (first, second) = (stat(), stat())
    return stat(one.path, &first) == 0 && stat(other.path, &second) == 0
      && first.st_dev == second.st_dev && first.st_ino == second.st_ino
  }

  /// Removes the folder of a shard, of which nothing is needed any more: first its progress, so that
  /// a shard that is removed halfway does not promise files that are gone.
  private static func remove(_ folder: URL) throws {
    unlink(folder.appending(path: "progress.json").path)
    do {
      try FileManager.default.removeItem(at: folder)
    } catch {
      throw UserError(folder, "cannot be removed; remove it and continue with --resume")
    }
  }
}

extension StudyProgress {
  /// Whether a member is behind one of another study's progress.
  fileprivate func isBehind(_ own: Int, _ other: StudyProgress, _ theirs: Int) -> Bool {
    (epochs[own], step(own)) < (other.epochs[theirs], other.step(theirs))
  }

  /// Replaces what is known of members by another study's progress.
  /// - Parameter pairs: indices here and there.
  fileprivate mutating func take(
    _ pairs: [(own: Int, theirs: Int)], from other: StudyProgress, members: [Member]
  ) {
    let taken = Set(pairs.map { members[$0.own] })
    for (own, theirs) in pairs {
      epochs[own] = other.epochs[theirs]
      checksums?[own] = other.checksums?[theirs]
      models?[own] = other.models?[theirs]
      setWithin([other.within?[theirs]], of: [own])
    }
    let positions = Dictionary(uniqueKeysWithValues: zip(members, members.indices))
    reports =
      (reports.filter { !taken.contains($0.member) }
      + other.reports.filter { taken.contains($0.member) }).sorted {
        ($0.epoch, positions[$0.member] ?? 0) < ($1.epoch, positions[$1.member] ?? 0)
      }
    stopped =
      (stopped.filter { !taken.contains($0.member) }
      + other.stopped.filter { taken.contains($0.member) }).sorted {
        (positions[$0.member] ?? 0) < (positions[$1.member] ?? 0)
      }
  }
}
