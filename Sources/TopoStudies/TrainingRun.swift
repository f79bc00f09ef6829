import Foundation
import TopoCompute
import TopoData
import TopoFoundation
import TopoTraining

/// Trains the members of a study in its folder: checkpoints after each epoch, models at the end.
public struct TrainingRun: Sendable {
  /// What to train, by which protocol.
  public var configuration: TrainingConfiguration
  /// The networks.
  public var members: [Member]
  /// Images of the training files in use.
  public var training: ImageSet
  /// Their normalisation.
  public var normalization: Normalization
  /// Names of their classes, which the models keep.
  public var classNames: [String]
  /// CRC-32 of all training images of the data, which the models keep; nil where they are not known.
  public var dataChecksum: UInt32?
  /// Bytes that may be taken of each device's memory; a safe share by default.
  public var memoryLimit: Int?
  /// Whether to go on, and record it, with a study that was begun on a device whose bits differ.
  public var acceptsOtherDevices = false

  /// A run.
  /// - Parameter classNames: in the order of the labels; their numbers by default.
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

  /// What there is to tell while it runs.
  public enum Event: Sendable {
    /// The folder is taken and there is something to train.
    case started
    /// The members do not train all together: packs, the members of the largest, and the bytes
    /// that one pack of all would take on one device.
    case divided(packs: Int, largest: Int, wholeBytes: Int)
    /// Something was missing or damaged, and is made again: a sentence.
    case repaired(String)
    /// A pack goes on after an epoch.
    case resumed(epoch: Int, PackPosition)
    /// Everything was done already.
    case alreadyFinished
    /// Within an epoch of a pack. `secondsLeft` is that of all packs.
    case progress(TrainingProgress, PackPosition)
    /// An epoch of a pack is done: the reports of its members, images per second.
    case epoch(Int, reports: [EpochReport], imagesPerSecond: Double, PackPosition)
    /// A member left training.
    case stopped(StoppedMember)
    /// A device failed and takes no more packs; the others go on.
    case failed(String, PackPosition)
  }

  /// What makes this run the same study as another.
  public var identity: StudyFolder.Identity {
    StudyFolder.Identity(
      configuration: configuration, members: members, images: training.count,
      checksum: training.checksum)
  }

  /// Trains on one device, or goes on training: see `run(in:devices:resume:)`.
  @discardableResult
  public func run(
    in url: URL, device: any Device, resume: Bool, report: (Event) -> Void = { _ in },
    begin: () throws -> Void = {}, finish: (StudyProgress) throws -> Void = { _ in }
  ) throws -> StudyProgress {
    try run(
      in: url, devices: [device], resume: resume, report: report, begin: begin, finish: finish)
  }

  /// Trains, or goes on training. The folder is this process's until the function returns.
  ///
  /// Members that do not fit side by side train in packs, one pack after the other through all
  /// epochs. Every device has a thread of its own, which takes packs from one queue; all else,
  /// the functions below included, is done by the calling thread.
  /// - Parameters:
  ///   - devices: devices of one model and driver.
  ///   - begin: called when the folder is taken, before training.
  ///   - finish: called with what became of training, before the folder is given up.
  /// - Returns: what became of it.
  /// - Throws: `UserError`, `DeviceError`. Packs
  ///   that other devices have finished are kept.
  @discardableResult
  public func run(
    in url: URL, devices: [any Device], resume: Bool, report: (Event) -> Void = { _ in },
    begin: () throws -> Void = {}, finish: (StudyProgress) throws -> Void = { _ in }
  ) throws -> StudyProgress {
    try work(
      in: url, devices: devices, resume: resume, report: report, begin: { _ in try begin() },
      finish: { try finish($1) })
  }

  /// `run`, with the folder at hand.
  func work(
    in url: URL, devices: [any Device], resume: Bool, report: (Event) -> Void,
    begin: (StudyFolder) throws -> Void, finish: (StudyFolder, StudyProgress) throws -> Void
  ) throws -> StudyProgress {
    try Self.requireOneKind(devices)
    // Before the folder: what cannot be trained leaves no trace.
    let plan = try packs(StudyProgress(members: members.count), devices: devices)
    let folder = try StudyFolder(
      url, identity: identity, device: devices[0].information, resume: resume,
      anyDevice: acceptsOtherDevices)
    // The devices' threads may hold the folder a moment longer.
    defer { folder.giveUp() }
    // In the order of the records that are there.
    var run = self
    run.members = folder.members
    do {
      return try run.goOn(
        in: folder, run.members == members ? plan : nil, devices: devices, report: report,
        begin: begin, finish: finish)
    } catch {
      // Whatever could not be written: that it has no place any more says it better.
      try folder.requireInPlace()
      throw error
    }
  }

  /// Trains what is left to do in a folder that was taken.
  /// - Parameter plan: packs for a study that has not begun, where they are known.
  private func goOn(
    in folder: StudyFolder, _ plan: (packs: [Pack], whole: Int)?, devices: [any Device],
    report: (Event) -> Void, begin: (StudyFolder) throws -> Void,
    finish: (StudyFolder, StudyProgress) throws -> Void
  ) throws -> StudyProgress {
    try begin(folder)
    var progress = try StudyProgress.read(folder, members: members.count)
    try progress.repair(folder, run: self) { report(.repaired($0)) }
    // A process that was killed after its last record left checkpoints that nothing speaks of.
    for (member, epoch) in zip(members, progress.epochs) where epoch == configuration.epochs {
      try folder.removeCheckpoints(member, but: nil)
    }
    if progress.finished {
      report(.alreadyFinished)
      try finish(folder, progress)
      return progress
    }
    let hasBegun = progress.epochs.contains { $0 > 0 }
    let known = hasBegun ? nil : plan
    let plan = try known ?? self.packs(progress, devices: devices)
    report(.started)
    if plan.packs.count > 1 {
      report(
        .divided(
          packs: plan.packs.count, largest: plan.packs.map(\.indices.count).max() ?? 0,
          wholeBytes: plan.whole))
    }
    try train(plan.packs, devices: devices, in: folder, progress: &progress, report: report)
    try finish(folder, progress)
    return progress
  }

  /// Bits of different devices differ, and which pack a device takes is chance.
  private static func requireOneKind(_ devices: [any Device]) throws {
    guard let first = devices.first?.information else {
      throw UserError("there is no device to train on; name one with --device")
    }
    for other in devices.map(\.information)
    where (other.kind, other.name, other.driver, other.tuning)
      != (first.kind, first.name, first.driver, first.tuning)
    {
      throw UserError(
        "\(first.identifier) (\(first.name)) and \(other.identifier) (\(other.name)) are not of one "
          + "model and driver, so their bits differ; train on one of them")
    }
  }

  private func train(
    _ packs: [Pack], devices: [any Device], in folder: StudyFolder,
    progress: inout StudyProgress, report: (Event) -> Void
  ) throws {
    let queue = PackTraining.Queue(packs)
    let relay = Relay<PackTraining.Message>(workers: devices.count)
    for device in devices {
      let worker = PackTraining(run: self, folder: folder, device: device, relay: relay)
      Thread { worker.trainAll(queue) }.start()
    }
    var pace = TrainingPace(run: self)
    var failures: [(error: any Error, pack: PackPosition)] = []
    try relay.handleAll { message in
      switch message {
      case .resumed(let pack): report(.resumed(epoch: pack.epoch, pack.position))
      case .progress(var step, let pack):
        step.secondsLeft = pace.secondsLeft(after: step, of: pack, progress)
        report(.progress(step, pack.position))
      case .saved(let epoch, let pack, let files, let reports, let stopped):
        let known = Set(progress.stopped)
        for member in stopped where !known.contains(member) { report(.stopped(member)) }
        progress.add(
          epoch, of: pack.indices, files: files, reports: reports, stopped: stopped,
          members: members, last: configuration.epochs)
        pace.epochIsDone(of: pack, isLast: epoch == configuration.epochs)
        try progress.write(folder, configuration)
      case .epoch(let epoch, let pack, let reports, let imagesPerSecond):
        report(.epoch(epoch, reports: reports, imagesPerSecond: imagesPerSecond, pack.position))
      case .failed(let error, let pack):
        pace.epochIsDone(of: pack, isLast: true)
        failures.append((error, pack.position))
        if devices.count > 1 { report(.failed("\(error)", pack.position)) }
      }
    }
    guard let first = failures.first else { return }
    guard devices.count > 1 else { throw first.error }
    throw UserError(
      "\(first.pack.device) failed (\(first.error)); what the other devices trained is kept: go on "
        + "with --resume")
  }
}
