import Foundation
import TopoCompute
import TopoData
import TopoEvaluation
import TopoNetworks
import TopoTraining

/// Trains the members of a study in its folder: checkpoints after each epoch, models at the end.
public struct TrainingRun {
  /// What to train, by which protocol.
  public var configuration: TrainingConfiguration
  /// The networks.
  public var members: [Member]
  /// Images of the training files in use.
  public var training: ImageSet
  /// Their normalisation.
  public var normalization: Normalization

  /// A run.
  public init(
    configuration: TrainingConfiguration, members: [Member], training: ImageSet,
    normalization: Normalization
  ) {
    self.configuration = configuration
    self.members = members
    self.training = training
    self.normalization = normalization
  }

  /// What there is to tell while it runs.
  public enum Event: Sendable {
    /// Training goes on after an epoch.
    case resumed(epoch: Int)
    /// Everything was done already.
    case alreadyFinished
    /// Within an epoch.
    case progress(TrainingProgress)
    /// An epoch is done: the reports of its members, images per second.
    case epoch(Int, reports: [EpochReport], imagesPerSecond: Double)
    /// A member left training.
    case stopped(StoppedMember)
  }

  /// What makes this run the same study as another.
  public var identity: StudyFolder.Identity {
    StudyFolder.Identity(
      configuration: configuration, members: members, images: training.count,
      checksum: training.checksum)
  }

  /// Trains, or goes on training. The folder is this process's until the function returns.
  /// - Parameters:
  ///   - begin: called when the folder is taken, before training.
  ///   - finish: called with what became of training, before the folder is given up.
  /// - Returns: what became of it.
  /// - Throws: `StudyError` or `FileError` about the folder, `TrainingError`, `DeviceError`.
  @discardableResult
  public func run(
    in url: URL, device: any Device, resume: Bool, report: (Event) -> Void = { _ in },
    begin: () throws -> Void = {}, finish: (StudyProgress) throws -> Void = { _ in }
  ) throws -> StudyProgress {
    // Before the folder: what cannot be trained leaves no trace.
    let trainer = try Trainer(
      configuration: configuration, members: members, training: training,
      normalization: normalization, device: device)
    let folder = try StudyFolder(
      url, identity: identity, device: device.information, resume: resume)
    try begin()
    var progress = try StudyProgress.read(folder)
    if progress.finished {
      report(.alreadyFinished)
      try finish(progress)
      return progress
    }
    if progress.epoch > 0 {
      try trainer.restore(
        members.map { member in
          let url = folder.checkpoint(member, epoch: progress.epoch)
          let checkpoint = try MemberCheckpoint(
            contentsOf: url, architecture: configuration.architecture,
            slots: configuration.rule.stateSlots)
          guard checkpoint.epoch == progress.epoch else {
            throw FileError(
              url,
              "is of epoch \(checkpoint.epoch), not \(progress.epoch); train again elsewhere")
          }
          return checkpoint
        })
      report(.resumed(epoch: progress.epoch))
    }
    while trainer.epoch < configuration.epochs {
      var imagesPerSecond = 0.0
      let reports = try trainer.trainEpoch {
        imagesPerSecond = $0.imagesPerSecond
        report(.progress($0))
      }
      progress.epoch = trainer.epoch
      progress.reports += reports.sorted { $0.key < $1.key }.map(\.value)
      let known = Set(progress.stopped)
      let stopped = trainer.stopped.sorted { $0.key < $1.key }.map(\.value)
      for member in stopped where !known.contains(member) { report(.stopped(member)) }
      progress.stopped = stopped
      try save(trainer, progress: &progress, in: folder)
      report(
        .epoch(
          trainer.epoch, reports: reports.sorted { $0.key < $1.key }.map(\.value),
          imagesPerSecond: imagesPerSecond))
    }
    try finish(progress)
    return progress
  }

  /// Writes checkpoints, or after the last epoch the models, then the progress that names them,
  /// then removes what is no longer needed.
  private func save(
    _ trainer: Trainer, progress: inout StudyProgress, in folder: StudyFolder
  ) throws {
    for member in members {
      try FileManager.default.createDirectory(
        at: folder.folder(member), withIntermediateDirectories: true)
    }
    if trainer.epoch == configuration.epochs {
      for (index, network) in try trainer.networks().enumerated()
      where trainer.stopped[index] == nil {
        let member = members[index]
        var metadata = try EvaluatedModel.metadata(
          penalty: member.condition, seed: member.seed, data: configuration.dataset)
        metadata["toposheet.version"] = toposheetVersion
        metadata["toposheet.epochs"] = "\(trainer.epoch)"
        try network.save(to: folder.model(member), metadata: metadata)
      }
      progress.finished = true
    } else {
      for (member, checkpoint) in zip(members, try trainer.checkpoints()) {
        try checkpoint.save(to: folder.checkpoint(member, epoch: trainer.epoch))
      }
    }
    try progress.write(folder)
    for member in members {
      try folder.removeCheckpoints(member, but: progress.finished ? nil : trainer.epoch)
    }
  }
}
