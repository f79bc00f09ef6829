import Foundation
import TopoFoundation
import TopoNetworks
import TopoTraining

extension StudyProgress {
  /// Resets members that cannot be continued to epoch 0: their checkpoint, or after the last epoch
  /// their model, is missing or damaged. They train again to the same bits, which do not depend on
  /// other members, unless the folder's devices are mixed.
  /// - Parameter report: called with a sentence about each of them.
  /// - Throws: `UserError` if a file cannot be read, or the new progress cannot be written.
  mutating func repair(
    _ folder: StudyFolder, run: TrainingRun, report: (String) -> Void
  ) throws {
    let promise = folder.mixedDevices == nil ? ", to the same bits" : ""
    if !FileManager.default.fileExists(atPath: Self.url(folder).path),
      folder.holdsNetworks(run.members)
    {
      report(
        "\(Self.url(folder).path) is missing, so all networks train from the beginning\(promise)")
      return
    }
    var isChanged = false
    for (index, member) in run.members.enumerated() {
      if let sentence = try repairWithin(member, index, in: folder, promise) {
        isChanged = true
        report(sentence)
      }
      guard let trouble = try trouble(with: member, index, in: folder, run: run) else { continue }
      epochs[index] = 0
      checksums?[index] = nil
      setWithin([nil], of: [index])
      reports.removeAll { $0.member == member }
      stopped.removeAll { $0.member == member }
      isChanged = true
      report("\(trouble): \(member.path) trains again from the beginning\(promise)")
    }
    guard isChanged || within != nil || !epochs.allSatisfy({ $0 == 0 }) else { return }
    count(last: run.configuration.epochs)
    // Even if nothing was wrong: the table may be missing.
    try write(folder, run.configuration)
  }

  /// Resets a member to its last epoch if its checkpoint within the next one is missing or damaged.
  /// - Returns: a sentence about it; nil if nothing was wrong.
  private mutating func repairWithin(
    _ member: Member, _ index: Int, in folder: StudyFolder, _ promise: String
  ) throws -> String? {
    guard let part = within?[index] else { return nil }
    let url = folder.checkpoint(member, epoch: epochs[index], step: part.step)
    let isMissing = access(url.path, F_OK) != 0 && errno == ENOENT
    guard try isMissing || Checksum.of(FileContents.read(url)) != part.checksum else { return nil }
    setWithin([nil], of: [index])
    return "\(url.path) \(isMissing ? "is missing" : "is not as it was written"): \(member.path) "
      + (epochs[index] == 0 ? "trains from the beginning" : "repeats epoch \(epochs[index] + 1)")
      + promise
  }

  /// What is wrong with the file from which a member would continue; nil if nothing is.
  private func trouble(
    with member: Member, _ index: Int, in folder: StudyFolder, run: TrainingRun
  ) throws -> String? {
    let (epoch, configuration) = (epochs[index], run.configuration)
    guard epoch > 0 else { return nil }
    let isDone = epoch == configuration.epochs
    if isDone, stopped.contains(where: { $0.member == member }) { return nil }
    let url = isDone ? folder.model(member) : folder.checkpoint(member, epoch: epoch)
    if access(url.path, F_OK) != 0, errno == ENOENT { return "\(url.path) is missing" }
    // A file without permission to read may be whole: that is an error, not a reason to retrain.
    let bytes = try FileContents.read(url)
    let isWhole: Bool
    if let known = checksums?[index] {
      isWhole = Checksum.of(bytes) == known
    } else if isDone {
      isWhole = (try? StateDictionary.load(from: url, for: configuration.architecture)) != nil
    } else {
      isWhole =
        (try? MemberCheckpoint(
          contentsOf: url, architecture: configuration.architecture,
          slots: configuration.rule.stateSlots))?.epoch == epoch
    }
    return isWhole ? nil : "\(url.path) is not as it was written"
  }
}

extension StudyFolder {
  /// Whether there are networks that a `progress.json` must have been written for: models, and
  /// checkpoints after more than one epoch.
  fileprivate func holdsNetworks(_ members: [Member]) -> Bool {
    members.contains { member in
      let names = (try? FileManager.default.contentsOfDirectory(atPath: folder(member).path)) ?? []
      return names.contains {
        $0 == "model.safetensors"
          || $0.hasPrefix("checkpoint-") && $0 != "checkpoint-1.safetensors"
      }
    }
  }
}
