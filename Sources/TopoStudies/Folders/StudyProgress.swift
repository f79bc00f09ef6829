import Foundation
import TopoFoundation
import TopoTraining

/// The progress of a study: the contents of `progress.json`. The file is written last after each
/// epoch of a pack and after an interruption, so the checkpoints that it counts are whole.
///
/// It refers to members, not to packs: a study may be continued in other packs.
public struct StudyProgress: Sendable, Codable {
  /// The progress in one line, for people.
  public internal(set) var state = ""
  /// Finished epochs of each member, in the order of `study.json`.
  public internal(set) var epochs: [Int]
  /// Whether all models are written.
  public internal(set) var finished = false
  /// CRC-32 of each member's file: its checkpoint, or in the end its model; nil without a file.
  /// Earlier versions did not record them.
  var checksums: [UInt32?]?
  /// Where members are within their next epoch after an interruption; nil if none is.
  var within: [EpochPart?]?
  /// All reports, by epoch and then by member.
  public var reports: [EpochReport] = []
  /// Members that stopped training because their loss was not finite.
  public var stopped: [StoppedMember] = []

  /// A member's checkpoint within an epoch.
  struct EpochPart: Sendable, Hashable, Codable {
    /// Steps done of the epoch.
    var step: Int
    /// CRC-32 of the checkpoint.
    var checksum: UInt32
  }

  /// A study of `members` networks that has not begun.
  init(members: Int) {
    epochs = Array(repeating: 0, count: members)
    checksums = Array(repeating: nil, count: members)
  }

  /// Epochs that all members have finished.
  public var epoch: Int { epochs.min() ?? 0 }

  /// Steps that a member has done of its next epoch.
  func step(_ member: Int) -> Int { within?[member]?.step ?? 0 }

  /// Sets where members are within their next epoch.
  mutating func setWithin(_ parts: [EpochPart?], of pack: [Int]) {
    var all = within ?? Array(repeating: nil, count: epochs.count)
    for (index, part) in zip(pack, parts) { all[index] = part }
    within = all.allSatisfy { $0 == nil } ? nil : all
  }

  /// Adds an epoch of a pack.
  /// - Parameters:
  ///   - epoch: number of the epoch, from 1.
  ///   - pack: indices of the pack's members among `members`.
  ///   - files: checksums of their files.
  ///   - new: their reports.
  ///   - left: members of the pack that have stopped so far.
  ///   - last: the last epoch, after which a member's model is written.
  mutating func add(
    _ epoch: Int, of pack: [Int], files: [UInt32?], reports new: [EpochReport],
    stopped left: [StoppedMember], members: [Member], last: Int
  ) {
    for (index, checksum) in zip(pack, files) {
      epochs[index] = epoch
      checksums?[index] = checksum
    }
    setWithin(pack.map { _ in nil }, of: pack)
    let positions = Dictionary(uniqueKeysWithValues: zip(members, members.indices))
    // Sorted, so that the order does not depend on the packs.
    reports = (reports + new).sorted {
      ($0.epoch, positions[$0.member] ?? 0) < ($1.epoch, positions[$1.member] ?? 0)
    }
    let known = Set(stopped.map(\.member))
    stopped = (stopped + left.filter { !known.contains($0.member) })
      .sorted { (positions[$0.member] ?? 0) < (positions[$1.member] ?? 0) }
    count(last: last)
  }

  /// Updates `finished` and `state` for a study of `last` epochs.
  mutating func count(last: Int) {
    let done = epochs.count { $0 == last }
    finished = done == epochs.count
    let waiting = epochs.indices.count { epochs[$0] == 0 && step($0) == 0 }
    let begun = epochs.count - done - waiting
    func are(_ count: Int) -> String { count == 1 ? "is" : "are" }
    state =
      finished
      ? (epochs.count == 1 ? "the network is trained" : "all \(epochs.count) networks are trained")
      : "\(done) of \(epochs.count) networks \(are(done)) trained, "
        + "\(begun) \(are(begun)) in training, \(waiting) \(are(waiting)) waiting"
  }

  static func url(_ folder: StudyFolder) -> URL { folder.url.appending(path: "progress.json") }

  /// Reads the progress of a study; without a file, that of a study that has not begun.
  /// - Throws: `UserError` if the file is damaged, or is about another number of networks.
  static func read(_ folder: StudyFolder, members: Int) throws -> StudyProgress {
    let url = url(folder)
    guard FileManager.default.fileExists(atPath: url.path) else {
      return StudyProgress(members: members)
    }
    let remedy =
      "restore it from a copy, or remove it, and --resume trains all networks from the beginning"
    let progress = try StudyJSON.read(StudyProgress.self, from: url, remedy: remedy)
    guard progress.epochs.count == members, (progress.checksums?.count ?? members) == members,
      (progress.within?.count ?? members) == members
    else {
      throw UserError(
        "\(url.path): is about \(progress.epochs.count) networks, not \(members); \(remedy)")
    }
    return progress
  }

  /// Writes `training.csv`, `measures-by-epoch.csv` and `progress.json`.
  func write(_ folder: StudyFolder, _ configuration: TrainingConfiguration) throws {
    try AtomicFile.write(
      trainingTable(configuration), to: folder.url.appending(path: "training.csv"))
    if let measures = measuresTable(configuration) {
      try AtomicFile.write(measures, to: folder.url.appending(path: Self.measuresFile))
    }
    try AtomicFile.write(try StudyJSON.encodeSealed(self), to: Self.url(folder))
  }
}
