import Foundation
import TopoCompute
import TopoEvaluation
import TopoFoundation
import TopoNetworks
import TopoTraining

/// Trains packs on one device. It takes them from the queue that all devices share.
///
/// A pack's epoch and step are those that are recorded: there, another device continues it.
struct PackTraining: Sendable {
  let run: TrainingRun
  let folder: StudyFolder
  let device: any Device
  let relay: Relay<Message>

  /// What a worker reports to the thread that writes the records.
  enum Message: Sendable {
    case resumed(Pack)
    case progress(TrainingProgress, Pack)
    /// The members' files of an epoch are written. Its record, with their checksums, is not yet.
    case saved(Int, Pack, files: [StudyProgress.MemberFiles], [EpochReport], [StoppedMember])
    case epoch(Int, Pack, [EpochReport], imagesPerSecond: Double)
    /// Reports and maps of an epoch whose files are not written yet.
    case watched([EpochReport], [Member: EpochMaps])
    /// The pack was interrupted after a number of epochs and steps of the next one. The members'
    /// files are written if there are such steps; their checksums are not recorded yet.
    case interrupted(Int, Pack, step: Int, files: [UInt32])
    /// The pack's device takes no more packs.
    case failed(any Error, Pack, any Device)
  }

  /// Trains packs until none is left, or one fails. The device may be the reason, so it takes no
  /// other pack then. If it says itself that it failed, another device continues its pack.
  func trainAll(_ queue: PackQueue) {
    while var pack = queue.next(for: device) {
      pack.position.device = device.information.identifier
      do {
        try train(&pack)
        queue.leave()
      } catch {
        // If `send` fails as well, the receiving thread has failed before, and reports that.
        let isKnown = (try? relay.send(.failed(error, pack, device))) != nil
        if isKnown, error is DeviceError, pack.epoch < run.configuration.epochs {
          queue.putBack(pack)
        } else {
          queue.leave()
        }
        break
      }
    }
    relay.leave()
  }

  /// - Parameter pack: gets the epochs that are recorded.
  private func train(_ pack: inout Pack) throws {
    let members = pack.indices.map { run.members[$0] }
    let trainer = try Trainer(
      configuration: run.configuration, members: members, training: run.training,
      probe: run.probe, normalization: run.normalization, device: device)
    if pack.epoch > 0 || pack.step > 0 {
      try trainer.restore(members.map { try checkpoint($0, pack) })
      try relay.send(.resumed(pack))
    }
    while trainer.epoch < run.configuration.epochs {
      var (imagesPerSecond, trouble) = (0.0, Optional<any Error>.none)
      let current = pack
      let trained = try trainer.trainEpoch(until: { trouble != nil || run.isInterrupted() }) {
        imagesPerSecond = $0.imagesPerSecond
        do { try relay.send(.progress($0, current)) } catch { trouble = error }
      }
      if let trouble { throw trouble }
      guard var reports = trained else { return try interrupt(trainer, pack) }
      let maps = try run.measure(trainer, &reports)
      let sorted = reports.sorted { $0.key < $1.key }.map(\.value)
      try relay.send(.watched(sorted, maps))
      let files = try save(trainer)
      try relay.send(
        .saved(
          trainer.epoch, pack, files: files, sorted,
          trainer.stopped.sorted { $0.key < $1.key }.map(\.value)))
      (pack.epoch, pack.step) = (trainer.epoch, 0)
      // The earlier checkpoints may go only after the record of this epoch is written.
      for member in members {
        try folder.removeCheckpoints(
          member, but: run.keepsCheckpoint(of: trainer.epoch) ? trainer.epoch : nil)
      }
      try relay.send(.epoch(trainer.epoch, pack, sorted, imagesPerSecond: imagesPerSecond))
    }
  }

  /// Keeps the state of an epoch that was interrupted.
  private func interrupt(_ trainer: Trainer, _ pack: Pack) throws {
    var files: [UInt32] = []
    if trainer.step > 0 {
      for (member, checkpoint) in zip(trainer.members, try trainer.checkpoints()) {
        try folder.makeFolder(member)
        let url = folder.checkpoint(member, epoch: trainer.epoch, step: trainer.step)
        try checkpoint.save(to: url)
        files.append(Checksum.of(try FileContents.read(url)))
      }
    }
    try relay.send(.interrupted(trainer.epoch, pack, step: trainer.step, files: files))
    for member in trainer.members {
      try folder.removeCheckpoints(member, but: trainer.epoch, step: trainer.step)
    }
  }

  private func checkpoint(_ member: Member, _ pack: Pack) throws -> MemberCheckpoint {
    let url = folder.checkpoint(member, epoch: pack.epoch, step: pack.step)
    let checkpoint = try MemberCheckpoint(
      contentsOf: url, architecture: run.configuration.architecture,
      slots: run.configuration.rule.stateSlots)
    guard (checkpoint.epoch, checkpoint.step) == (pack.epoch, pack.step) else {
      throw UserError(
        url,
        "is of epoch \(checkpoint.epoch) and step \(checkpoint.step), not \(pack.epoch) and "
          + "\(pack.step); remove it and continue with --resume")
    }
    return checkpoint
  }

  /// Writes checkpoints, snapshots and, after the last epoch, the models.
  /// - Returns: checksums of the members' files. Members that stopped leave no model.
  private func save(_ trainer: Trainer) throws -> [StudyProgress.MemberFiles] {
    for member in trainer.members { try folder.makeFolder(member) }
    var files = trainer.members.map { _ in StudyProgress.MemberFiles() }
    let epoch = trainer.epoch
    if run.keepsCheckpoint(of: epoch) {
      for (index, checkpoint) in try trainer.checkpoints().enumerated() {
        let url = folder.checkpoint(trainer.members[index], epoch: epoch)
        try checkpoint.save(to: url)
        files[index].checkpoint = Checksum.of(try FileContents.read(url))
      }
    }
    let isLast = epoch == run.configuration.epochs
    guard isLast || run.snapshots.contains(epoch) else { return files }
    for (index, network) in try trainer.networks().enumerated()
    where trainer.stopped[index] == nil {
      let member = trainer.members[index]
      if run.snapshots.contains(epoch) {
        try save(network, of: member, epoch, to: folder.snapshot(member, epoch: epoch))
      }
      if isLast {
        try save(network, of: member, epoch, to: folder.model(member))
        files[index].model = Checksum.of(try FileContents.read(folder.model(member)))
      }
    }
    return files
  }

  private func save(
    _ network: StateDictionary, of member: Member, _ epoch: Int, to url: URL
  ) throws {
    var metadata = ModelMetadata(
      penalty: member.condition, seed: member.seed, data: run.configuration.dataset,
      dataChecksum: run.dataChecksum, epochs: epoch, normalization: run.normalization,
      classNames: run.classNames,
      version: toposheetVersion)
    metadata.devices = folder.mixedDevices
    try network.save(to: url, metadata: metadata.texts)
  }
}
