import Foundation
import Toposheet

/// Finds the files of models.
enum ModelFiles {
  /// The files in the order in which they, or their folders, were named. Those of a folder are
  /// every model.safetensors, or all safetensors files if there is none of that name, in the order
  /// of `ModelOrder`. Links are followed.
  /// - Parameter sentence: what is wrong with a folder that holds results but no models.
  /// - Throws: `UserError` if a name does not exist or cannot be read, or a folder holds no model.
  static func find(
    _ names: [String],
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
      guard isFolder.boolValue else { return [url] }
      let files = try FolderWalk.files(below: url).filter { $0.pathExtension == "safetensors" }
      let named = files.filter { $0.lastPathComponent == "model.safetensors" }
      // Networks trained elsewhere may have any name. Checkpoints are not models.
      let models =
        named.isEmpty ? files.filter { !$0.lastPathComponent.hasPrefix("checkpoint-") } : named
      guard !models.isEmpty else {
        if StudyFolder.members(in: url) != nil {
          throw UserError(
            url,
            "holds a study that has finished no model yet; continue it with the command that began "
              + "it and --resume, or wait for it if it is running")
        }
        let results = url.appending(path: "metrics.csv")
        if FileManager.default.fileExists(atPath: results.path) { throw UserError(url, sentence) }
        throw UserError(
          url,
          "holds no model.safetensors nor any other finished .safetensors file; give a folder of "
            + "models")
      }
      return ModelOrder.sorted(models)
    }
  }
}
