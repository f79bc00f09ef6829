import ArgumentParser
import Foundation
import Toposheet

/// Finds the files of models.
enum ModelFiles {
  /// The files in the order in which they, or their folders, were named. Those of a folder are
  /// every model.safetensors, or all safetensors files if there is none of that name, in the order
  /// of `ModelOrder`. Links are followed.
  /// - Parameters:
  ///   - epoch: the epoch whose networks are used of folders, which are snapshots, or the models
  ///     if it is their last one; nil for the models.
  ///   - sentence: what is wrong with a folder that holds results but no models.
  /// - Throws: `UserError` if a name does not exist or cannot be read, or a folder holds no model.
  static func find(
    _ names: [String], epoch: Int? = nil,
    ifResults sentence: String = "holds results, and no models: give the models, not results"
  ) throws -> [URL] {
    try names.flatMap { name in
      guard !name.isEmpty else {
        throw UserError("MODEL", "is empty; give a model's safetensors file or a folder of models")
      }
      let url = URL(filePath: name)
      var isFolder: ObjCBool = false
      guard FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder) else {
        throw UserError(
          url, "does not exist; give a model's safetensors file or a folder of models")
      }
      guard isFolder.boolValue else {
        guard epoch == nil else { throw fileOfNoEpoch(url) }
        return [url]
      }
      let members = StudyFolder.members(in: url)
      // A network would be missing without a notice.
      try StudyFolder.requireNoFolders(ofNetworks: members ?? [], in: url)
      let files = try FolderWalk.files(below: url).filter { $0.pathExtension == "safetensors" }
      if let epoch { return try snapshots(epoch, among: files, in: url) }
      let named = files.filter { $0.lastPathComponent == "model.safetensors" }
      // Networks trained elsewhere may have any name. Checkpoints are not models, and snapshots are
      // none of a study that has not finished.
      let isStudy = members != nil
      let models =
        named.isEmpty
        ? files.filter { file in
          let name = file.lastPathComponent
          return !name.hasPrefix("checkpoint-") && !(isStudy && name.hasPrefix("epoch-"))
        } : named
      guard !models.isEmpty else {
        if isStudy {
          throw UserError(
            url,
            "holds a study that has finished no model yet; continue it with the command that began "
              + "it and --resume, or wait for it if it is running")
        }
        let results = url.appending(path: "metrics.csv")
        if FileManager.default.fileExists(atPath: results.path) { throw UserError(url, sentence) }
        throw UserError(
          url,
          (url.pathExtension == "safetensors" ? "is a folder that " : "")
            + "holds no model.safetensors nor any other finished .safetensors file; give a folder of "
            + "models")
      }
      return ModelOrder.sorted(models)
    }
  }

  /// The epochs that a text names: `5`, `1,5,10`, or `all` that folders keep networks of.
  /// - Throws: `ValidationError` about the text; `UserError` if a folder lacks one of them.
  static func epochs(_ text: String, of names: [String]) throws -> [Int] {
    guard text != "all" else {
      let epochs = try names.map { name -> [URL] in
        let url = URL(filePath: name)
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder) else {
          throw UserError(url, "does not exist; give a folder of models")
        }
        guard isFolder.boolValue else { throw fileOfNoEpoch(url) }
        return try FolderWalk.files(below: url)
      }
      guard !kept(among: epochs.flatMap(\.self)).isEmpty else {
        throw UserError(
          "--epoch all: there is no network of an epoch before the last one; train with "
            + "--snapshots, or leave out --epoch")
      }
      let all = Set(try epochs.flatMap { try Self.epochs(of: $0) }).sorted()
      for epoch in all { _ = try find(names, epoch: epoch) }
      return all
    }
    let words = text.split(separator: ",", omittingEmptySubsequences: false)
    let epochs = words.compactMap { Int($0.trimmingCharacters(in: .whitespaces)) }
    guard epochs.count == words.count, epochs.allSatisfy({ $0 > 0 }) else {
      throw ValidationError(
        "--epoch \(text) is not understood: give numbers of epochs from 1, such as 1,5,10, or all")
    }
    guard Set(epochs).count == epochs.count else {
      throw ValidationError("--epoch \(text) names an epoch twice")
    }
    // Before the first one is evaluated, which may take hours.
    for epoch in epochs { _ = try find(names, epoch: epoch) }
    return epochs
  }

  private static func fileOfNoEpoch(_ url: URL) -> UserError {
    UserError(
      url,
      "is a file, and --epoch is about folders with networks of several epochs; leave out --epoch, or "
        + "give the folder")
  }

  private static func kept(among files: [URL]) -> Set<Int> {
    Set(
      files.filter { $0.pathExtension == "safetensors" }
        .map { $0.deletingPathExtension().lastPathComponent }
        .filter { $0.hasPrefix("epoch-") }.compactMap { Int($0.dropFirst(6)) })
  }

  /// The epochs that files are of: those of snapshots, and the last ones of models.
  /// - Throws: `UserError` if a model cannot be read.
  private static func epochs(of files: [URL]) throws -> Set<Int> {
    kept(among: files).union(try lastEpochs(files).map(\.epoch))
  }

  /// The models that know how many epochs they were trained for.
  /// - Throws: `UserError` if a model cannot be read.
  private static func lastEpochs(_ files: [URL]) throws -> [(model: URL, epoch: Int)] {
    try files.filter { $0.lastPathComponent == "model.safetensors" }.compactMap { model in
      let texts = try SafetensorsFile(contentsOf: model).metadata
      return try ModelMetadata(texts, of: model).epochs.map { (model, $0) }
    }
  }

  /// The networks of an epoch: a snapshot, or the model if the epoch is its last one.
  /// - Throws: `UserError` that names the epochs that there are.
  private static func snapshots(_ epoch: Int, among files: [URL], in url: URL) throws -> [URL] {
    let kept = files.filter { $0.lastPathComponent == "epoch-\(epoch).safetensors" }
    let folders = Set(kept.map { $0.deletingLastPathComponent().path })
    let models = try lastEpochs(
      files.filter { !folders.contains($0.deletingLastPathComponent().path) })
    let found = kept + models.filter { $0.epoch == epoch }.map(\.model)
    guard found.isEmpty else { return ModelOrder.sorted(found) }
    let epochs = self.kept(among: files).union(models.map(\.epoch)).sorted().map(String.init)
    throw UserError(
      url,
      "holds no epoch-\(epoch).safetensors; "
        + (epochs.isEmpty
          ? "train with --snapshots, or leave out --epoch"
          : "there are networks of \(epochs.count == 1 ? "epoch" : "epochs") \(epochs.listed())"))
  }
}
