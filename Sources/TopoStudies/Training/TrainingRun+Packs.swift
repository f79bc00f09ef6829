import Foundation
import TopoCompute
import TopoTraining

extension TrainingRun {
  /// Trains packs on devices, and records what they do.
  /// - Returns: the devices that have not failed.
  /// - Throws: `DeviceError` if all devices failed, or one for a reason that is not its own;
  ///   `StudyInterruption`; what `report` and `watch` throw.
  func train(
    _ packs: [Pack], devices: [any Device], in folder: StudyFolder,
    progress: inout StudyProgress, report: (Event) -> Void
  ) throws -> [any Device] {
    let queue = PackQueue(packs, of: self, devices: devices)
    let relay = Relay<PackTraining.Message>(workers: devices.count)
    for device in devices {
      let worker = PackTraining(run: self, folder: folder, device: device, relay: relay)
      Thread { worker.trainAll(queue) }.start()
    }
    var pace = TrainingPace(run: self, packs: packs)
    var interruptions: [(epoch: Int, step: Int)] = []
    var failures: [Failure] = []
    /// The position of a pack, among those that there are now.
    func position(_ pack: Pack) -> PackPosition {
      var position = pack.position
      position.count = queue.count
      return position
    }
    try relay.handleAll { message in
      switch message {
      case .resumed(let pack):
        report(.resumed(epoch: pack.epoch, step: pack.step, position(pack)))
      case .progress(var step, let pack):
        step.secondsLeft = pace.secondsLeft(after: step, of: pack, progress)
        report(.progress(step, position(pack)))
      case .saved(let epoch, let pack, let files, let reports, let stopped):
        let known = Set(progress.stopped)
        for member in stopped where !known.contains(member) { report(.stopped(member)) }
        progress.add(
          epoch, of: pack.indices, files: files, reports: reports, stopped: stopped,
          members: members, last: configuration.epochs)
        pace.epochIsDone(of: pack, isLast: epoch == configuration.epochs)
        try progress.write(folder, configuration)
      case .epoch(let epoch, let pack, let reports, let imagesPerSecond):
        report(
          .epoch(epoch, reports: reports, imagesPerSecond: imagesPerSecond, position(pack)))
      case .watched(let reports, let maps): try watch?(reports, maps)
      case .interrupted(let epoch, let pack, let step, let files):
        progress.setWithin(files.map { .init(step: step, checksum: $0) }, of: pack.indices)
        progress.count(last: configuration.epochs)
        if step > 0 { try progress.write(folder, configuration) }
        interruptions.append((epoch, step))
      case .failed(let error, let pack, let device):
        let failure = Failure(error: error, device: device)
        failures.append(failure)
        let isContinued = failure.isOfDevice && failures.count < devices.count && !isInterrupted()
        if isContinued { pace.packWaits(pack) } else { pace.epochIsDone(of: pack, isLast: true) }
        if devices.count > 1 {
          report(.failed("\(error)", position(pack), isContinued: isContinued))
        }
      }
    }
    let sound = devices.filter { device in !failures.contains { $0.device === device } }
    guard progress.finished, !sound.isEmpty, failures.allSatisfy(\.isOfDevice) else {
      throw reason(
        failures, devices: devices.count,
        otherwise: StudyInterruption(
          epochs: configuration.epochs, packs: queue.count, interrupted: interruptions))
    }
    return sound
  }

  /// Why a device takes no more packs.
  private struct Failure {
    var error: any Error
    var device: any Device
    var name: String { device.information.identifier }
    /// Whether the device says that it failed, so that the pack can continue on another one.
    var isOfDevice: Bool { error is DeviceError }
  }

  /// Why training has ended before its end.
  private func reason(
    _ failures: [Failure], devices: Int, otherwise interruption: StudyInterruption
  ) -> any Error {
    if let failure = failures.first(where: { !$0.isOfDevice }) {
      guard devices > 1 else { return failure.error }
      return DeviceError(
        "\(failure.name) failed (\(failure.error)); what the other devices trained is kept: "
          + "continue with --resume")
    }
    guard let last = failures.last, failures.count == devices else { return interruption }
    guard devices > 1 else { return last.error }
    return DeviceError(
      "all \(devices) devices failed, \(last.name) as the last one (\(last.error)); what is "
        + "trained is kept: continue with --resume")
  }
}
