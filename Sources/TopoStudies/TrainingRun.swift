import Foundation
import TopoCompute
import TopoData
import TopoFoundation
import TopoTraining

/// Trains the members of a study in its folder. Checkpoints are written after each epoch, models at
/// the end. A study in the folder with fewer members or epochs grows: what is there is kept.
///
/// ```swift
/// let run = TrainingRun(
///   configuration: TrainingConfiguration(
///     architecture: try Architecture.mnist(), dataset: data.name, epochs: 10),
///   members: (0..<3).map { Member(condition: .weightSimilarity(lambda: 1), seed: $0) },
///   training: data.training, normalization: data.normalization)
/// let progress = try run.run(in: URL(filePath: "runs/ws"), device: device, resume: false)
/// ```
public struct TrainingRun: Sendable {
  /// Architecture and training protocol.
  public var configuration: TrainingConfiguration
  /// The networks.
  public var members: [Member]
  /// The images that are used from the training files.
  public var training: ImageSet
  /// Their normalization.
  public var normalization: Normalization
  /// Names of their classes, which are written into the models.
  public var classNames: [String]
  /// CRC-32 of all training images of the data, which is written into the models; nil if unknown.
  public var dataChecksum: UInt32?
  /// What is measured of the sheets along training.
  public var alongTraining = AlongTraining()
  /// The images that the sheets are measured on, of the same shape as those of training; nil to
  /// measure nothing.
  public var probe: ImageSet?
  /// Epochs whose networks are kept beside the models, ascending.
  public var snapshots: [Int] = []
  /// Whether checkpoints of the last epoch are kept, from which further epochs could continue.
  public var keepsCheckpoints = true
  /// Bytes that may be used of each device's memory; nil for a safe share.
  public var memoryLimit: Int?
  /// Whether to continue a study that was begun on a device or with a version whose bits differ;
  /// this is recorded.
  public var acceptsOtherDevices = false
  /// Called with the reports of an epoch of some members, and with maps of their sheets if these
  /// were measured, before the epoch is recorded; when a run continues, with all earlier reports.
  /// An epoch may come twice, with the same values. Called on the thread that called `run`.
  public var watch: (@Sendable ([EpochReport], [Member: EpochMaps]) throws -> Void)?
  /// Asked after each step, on the threads of the devices. Once it returns true, each device finishes
  /// its step and keeps checkpoints within the epoch, and the run throws `StudyInterruption`.
  public var isInterrupted: @Sendable () -> Bool = { false }

  /// A training run.
  /// - Parameter classNames: the names in the order of the labels; their numbers by default.
  public init(
    configuration: TrainingConfiguration, members: [Member], training: ImageSet,
    normalization: Normalization, classNames: [String]? = nil
  ) {
    self.classNames = classNames ?? (0..<training.classes).map { "\($0)" }
    self.configuration = configuration
    self.members = members
    self.training = training
    self.normalization = normalization
  }

  /// Progress of a run.
  public enum Event: Sendable {
    /// The folder is locked and there are members to train.
    case started
    /// The folder held a part of the study: a sentence that says what is added.
    case grown(String)
    /// The members are divided into packs: the number of packs, the members of the largest, the
    /// bytes that a single pack of all would take on one device, and the number of different epochs
    /// and steps after which members continue.
    case divided(packs: Int, largest: Int, wholeBytes: Int, places: Int)
    /// The networks of a shard were taken over: a sentence.
    case gathered(String)
    /// A file was missing or damaged, and its member trains again: a sentence.
    case repaired(String)
    /// A pack continues after a number of epochs, and steps of the next one.
    case resumed(epoch: Int, step: Int, PackPosition)
    /// All members were trained already.
    case alreadyFinished
    /// Progress within an epoch of a pack. Its `secondsLeft` is for all packs.
    case progress(TrainingProgress, PackPosition)
    /// An epoch of a pack is done: the reports of its members, images per second.
    case epoch(Int, reports: [EpochReport], imagesPerSecond: Double, PackPosition)
    /// A member stopped training.
    case stopped(StoppedMember)
    /// A device has no room for a network, and is not used: a sentence.
    case leftOut(String)
    /// One of several devices failed and takes no more packs: the error, and whether another device
    /// continues its pack.
    case failed(String, PackPosition, isContinued: Bool)
  }

  /// What this run must have in common with another to be the same study.
  public var identity: StudyFolder.Identity {
    var identity = StudyFolder.Identity(
      configuration: configuration, members: members, images: training.count,
      checksum: training.checksum)
    identity.alongTraining = probe.map { .init(alongTraining, $0) }
    identity.snapshots = snapshots.isEmpty ? nil : snapshots
    return identity
  }

  /// Trains on one device, or continues: see `run(in:devices:resume:report:begin:finish:)`.
  @discardableResult
  public func run(
    in url: URL, device: any Device, resume: Bool, report: (Event) -> Void = { _ in },
    begin: () throws -> Void = {}, finish: (StudyProgress) throws -> Void = { _ in }
  ) throws -> StudyProgress {
    try run(
      in: url, devices: [device], resume: resume, report: report, begin: begin, finish: finish)
  }

  /// Trains, or continues. The folder is locked until the function returns.
  ///
  /// Members that do not fit into memory together train in packs, one pack after the other through
  /// all epochs. Each device has a thread that takes packs from a shared queue. If a device fails,
  /// the others continue its pack from the last record. The calling thread does everything else; it
  /// also calls the functions below.
  /// - Parameters:
  ///   - url: the study's folder.
  ///   - devices: devices of one model and driver.
  ///   - resume: whether to continue a study that the folder holds.
  ///   - report: called with each event.
  ///   - begin: called when the folder is locked, before training.
  ///   - finish: called with the final progress, before the folder is unlocked.
  /// - Returns: the final progress.
  /// - Throws: `UserError`; `DeviceError` if all devices failed; `StudyInterruption`. What is
  ///   recorded is kept.
  @discardableResult
  public func run(
    in url: URL, devices: [any Device], resume: Bool, report: (Event) -> Void = { _ in },
    begin: () throws -> Void = {}, finish: (StudyProgress) throws -> Void = { _ in }
  ) throws -> StudyProgress {
    try work(
      in: url, devices: devices, resume: resume, report: report, begin: { _ in try begin() },
      finish: { _, progress, _ in try finish(progress) })
  }

  /// As `run`, with functions that receive the folder, and the devices that have not failed.
  /// - Parameter check: called when the folder is locked and nothing is written yet: what it throws
  ///   leaves every file as it was.
  func work(
    in url: URL, devices: [any Device], resume: Bool, report: (Event) -> Void,
    check: () throws -> Void = {}, begin: (StudyFolder) throws -> Void,
    finish: (StudyFolder, StudyProgress, [any Device]) throws -> Void
  ) throws -> StudyProgress {
    try Self.requireOneKind(devices)
    if !resume { try ShardFolders.requireNone(in: url) }
    try LockedShards.requireOwn(in: url, of: identity)
    // Before the folder is made: a study that cannot be trained leaves none.
    let plan = try packs(StudyProgress(members: members), devices: devices)
    var shards = LockedShards()
    defer { shards.release() }
    let folder = try StudyFolder(
      url, identity: identity, device: devices[0].information, resume: resume,
      anyDevice: acceptsOtherDevices
    ) { bits in
      try StudyFolder.requireNoFolders(in: url, of: members)
      shards = try LockedShards(in: url, of: self, bits: bits)
      try check()
    }
    // The devices' threads may keep the object for a moment longer.
    defer { folder.release() }
    // In the order of the records in the folder.
    var run = self
    run.members = folder.members
    do {
      return try run.trainRest(
        in: folder, shards, run.members == members ? plan : nil, devices: devices, report: report,
        begin: begin, finish: finish)
    } catch {
      // If the folder is gone, that explains why something could not be written.
      try folder.checkNotMoved()
      throw error
    }
  }

  /// Trains the members that are not finished, in a locked folder.
  /// - Parameter plan: the packs of a study that has not begun; nil if they are not known.
  private func trainRest(
    in folder: StudyFolder, _ shards: LockedShards, _ plan: PackDivision?, devices: [any Device],
    report: (Event) -> Void, begin: (StudyFolder) throws -> Void,
    finish: (StudyFolder, StudyProgress, [any Device]) throws -> Void
  ) throws -> StudyProgress {
    try begin(folder)
    try folder.notePlan()
    if let growth = folder.growth { report(.grown(growth)) }
    var progress = try StudyProgress.read(
      folder.url, members: members, last: configuration.epochs, alongTraining: alongTraining)
    try folder.gather(shards, &progress, run: self, anyDevice: acceptsOtherDevices) {
      report(.gathered($0))
    }
    try progress.repair(folder, run: self) { report(.repaired($0)) }
    try watch?(progress.reports, [:])
    // A process that was killed after its last record left checkpoints that are not needed.
    for (index, member) in members.enumerated() {
      let epoch = progress.epochs[index]
      try folder.removeCheckpoints(
        member, but: keepsCheckpoint(of: epoch) ? epoch : nil, step: progress.step(index))
    }
    if progress.finished {
      report(.alreadyFinished)
      try finish(folder, progress, devices)
      return progress
    }
    let hasBegun = progress.within != nil || progress.epochs.contains { $0 > 0 }
    let known = hasBegun ? nil : plan
    let plan = try known ?? self.packs(progress, devices: devices)
    report(.started)
    for sentence in plan.leftOut { report(.leftOut(sentence)) }
    if plan.packs.count > 1 {
      report(
        .divided(
          packs: plan.packs.count, largest: plan.packs.map(\.indices.count).max() ?? 0,
          wholeBytes: plan.whole, places: plan.places))
    }
    let sound = try train(
      plan.packs, devices: plan.usable.map { devices[$0] }, in: folder, progress: &progress,
      report: report)
    try finish(folder, progress, sound)
    return progress
  }

  /// Whether the checkpoint of an epoch stays until the next one is done, or for good.
  func keepsCheckpoint(of epoch: Int) -> Bool { keepsCheckpoints || epoch < configuration.epochs }

  /// Refuses devices of several kinds: their bits differ, and a pack may go to any of them.
  /// - Throws: `UserError`.
  private static func requireOneKind(_ devices: [any Device]) throws {
    guard let first = devices.first?.information else {
      throw UserError("there is no device to train on; name one with --device")
    }
    for other in devices.map(\.information)
    where (other.kind, other.name, other.driver, other.tuning)
      != (first.kind, first.name, first.driver, first.tuning)
    {
      throw UserError(
        "\(first.identifier) (\(first.name)) and \(other.identifier) (\(other.name)) are not of "
          + "one model and driver, so their bits differ; train on one of them")
    }
  }
}
