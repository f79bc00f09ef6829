import Foundation
import Toposheet

/// The networks that `evaluate` loads.
extension EvaluateCommand {
  /// Loads the models. Their names must differ, as records refer to networks by name.
  /// - Parameters:
  ///   - epoch: the epoch whose snapshots are used of folders; nil for the models.
  ///   - notes: whether to print notes about them.
  /// - Throws: `UserError`.
  func load(
    for data: SplitImages, _ choice: NormalizationChoice, epoch: Int?, notes: Bool
  ) throws -> [EvaluatedModel] {
    let note: (String) -> Void = { if notes { Terminal.error("note: \($0)") } }
    var otherData: Set<String> = []
    var wrappers: Set<String> = []
    var files: [String: URL] = [:]
    var unrecorded: [URL] = []
    let found = try ModelFiles.find(models, epoch: epoch).map { url in
      var model = try EvaluatedModel(contentsOf: url, images: data.images.shape)
      if let trained = model.trainedOn, trained != data.name, otherData.insert(trained).inserted {
        note("trained on \(trained), evaluated on \(data.name): \(url.path)")
      }
      if model.normalization == nil { unrecorded.append(url) }
      model.normalization = try data.normalization(
        choice, own: model.normalization, network: url.path)
      if let wrapper = model.wrapper, wrappers.insert(wrapper).inserted {
        note(
          "took \(wrapper) off the names of tensors, where a wrapper had put it: \(url.path)")
      }
      let name = "\(model.condition)/seed-\(model.seed)"
      if let other = files.updateValue(url, forKey: name) {
        throw UserError(
          url, "is called \(name) in the results, as is \(other.path); evaluate them one at a time")
      }
      return model
    }
    noteMissing(note)
    if choice == .automatic, let first = unrecorded.first {
      let others = unrecorded.count > 1 ? " and \(unrecorded.count - 1) more" : ""
      note(
        "\(first.path)\(others): how the training images were normalized is not known; the "
          + "constants of \(data.name) are used; choose others with --normalization")
    }
    return found
  }

  /// Notes the networks of finished studies whose models are missing: otherwise the results would
  /// be those of fewer seeds without a notice.
  private func noteMissing(_ note: (String) -> Void) {
    for name in models {
      let url = URL(filePath: name)
      guard let members = StudyFolder.members(in: url),
        let progress = try? StudyFolder.progress(in: url), progress.finished
      else { continue }
      let stopped = Set(progress.stopped.map(\.member))
      let missing = members.filter { member in
        let model = url.appending(path: member.path).appending(path: "model.safetensors")
        return !stopped.contains(member) && !FileManager.default.fileExists(atPath: model.path)
      }
      guard let first = missing.first else { continue }
      let others = missing.count > 1 ? " and \(missing.count - 1) more" : ""
      note(
        "\(name): the study has \(members.count.counted("network")), of which "
          + "\(first.path)\(others) left no model here; the command that trained them, with "
          + "--resume, trains them again")
    }
  }
}
