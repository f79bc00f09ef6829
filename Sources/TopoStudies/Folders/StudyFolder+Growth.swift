import Foundation
import TopoFoundation
import TopoTraining

/// Studies grow by members, epochs and snapshots: each network's bits depend on none of these.
extension StudyFolder.Description {
  static let addable = "conditions, seeds, epochs and snapshots of later epochs"

  static func canGrow(_ found: Identity, to wanted: Identity) -> Bool {
    var grown = found
    grown.members = wanted.members
    grown.configuration.epochs = wanted.configuration.epochs
    grown.snapshots = wanted.snapshots
    // A folder of an earlier version is measured from the epoch on after which it continues.
    if found.alongTraining == nil { grown.alongTraining = wanted.alongTraining }
    return grown == wanted && Set(found.members).isSubset(of: wanted.members)
      && found.configuration.epochs <= wanted.configuration.epochs
      && Set(found.snapshots ?? []).isSubset(of: wanted.snapshots ?? [])
  }

  /// Checks that the study is a part of another one.
  /// - Throws: `UserError` otherwise.
  func requirePart(of wanted: Identity, in url: URL) throws {
    guard !Self.isSame(identity, wanted), !Self.canGrow(identity, to: wanted) else { return }
    throw UserError(
      "\(url.path): the folder already holds another study "
        + "(\(Self.difference(identity, wanted))), and --resume adds only \(Self.addable); "
        + Self.remedy(in: url))
  }

  static func command(continuing url: URL) -> String? {
    let plan = url.appending(path: "plan.yaml")
    guard FileManager.default.fileExists(atPath: plan.path) else { return nil }
    let shard = ShardFolders.shard(at: url)
    let words =
      ["toposheet", "run", plan.path, "--out", (shard?.study ?? url).path]
      + (shard.map { ["--shard", "\($0.number)/\($0.count)"] } ?? []) + ["--resume"]
    return words.map(ShellWord.quoted).joined(separator: " ")
  }

  static func growth(_ found: Identity, to wanted: Identity) -> String {
    let members = wanted.members.count - found.members.count
    let (old, new) = (found.configuration.epochs, wanted.configuration.epochs)
    let snapshots = (wanted.snapshots ?? []).count - (found.snapshots ?? []).count
    return "the study grows: "
      + [
        members > 0 ? "\(members.counted("network")) more" : nil,
        new > old ? "\(new) epochs instead of \(old)" : nil,
        snapshots > 0 ? "snapshots of \(snapshots.counted("epoch")) more" : nil,
      ].compactMap { $0 }.listed()
  }

  /// Refuses growth for which a file is missing, before anything is written. Then makes the record of
  /// progress independent of the order of the networks, which changes.
  static func prepare(_ found: Identity, toBecome wanted: Identity, in folder: URL) throws {
    let last = found.configuration.epochs
    let alongTraining = AlongTraining(every: found.alongTraining?.every ?? 1)
    let progress = try StudyProgress.read(
      folder, members: found.members, last: last, alongTraining: alongTraining)
    let known = Set(found.snapshots ?? [])
    let done = progress.epochs.max() ?? 0
    if let passed = wanted.snapshots?.first(where: { !known.contains($0) && $0 <= done }) {
      throw UserError(
        "\(folder.path): a snapshot of epoch \(passed) cannot be added: networks are trained for "
          + "\(done.counted("epoch")) already; leave it out, or choose another folder with --out")
    }
    if wanted.configuration.epochs > last {
      for (member, epoch) in zip(found.members, progress.epochs) where epoch == last {
        let file = folder.appending(path: "\(member.path)/checkpoint-\(last).safetensors")
        guard !FileManager.default.fileExists(atPath: file.path) else { continue }
        throw UserError(
          "\(folder.path): epochs cannot be added: there is no \(file.path) from which to continue, "
            + "as with keep: models and in folders of earlier versions; choose another folder with "
            + "--out")
      }
    }
    guard FileManager.default.fileExists(atPath: StudyProgress.url(folder).path) else { return }
    try AtomicFile.write(
      try StudyJSON.encodeSealed(progress), to: StudyProgress.url(folder))
  }
}
