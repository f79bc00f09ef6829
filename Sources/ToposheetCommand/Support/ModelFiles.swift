import Foundation
import Toposheet

/// Models that a user named, folders searched.
enum ModelFiles {
  /// The files in the order they were named; those of a folder as `ModelOrder` has it: every
  /// model.safetensors, or all safetensors files where none is called so. Links are followed.
  /// - Throws: `UserError` when one does not exist or cannot be read, or a folder holds none.
  static func find(_ names: [String]) throws -> [URL] {
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
      let own = files.filter { $0.lastPathComponent == "model.safetensors" }
      // Networks trained elsewhere have any names; what training leaves before its end is no model.
      let models =
        own.isEmpty ? files.filter { !$0.lastPathComponent.hasPrefix("checkpoint-") } : own
      guard !models.isEmpty else {
        if StudyFolder.members(in: url) != nil {
          throw UserError(
            url,
            "holds a study that has finished no model yet; go on with the command that began it and "
              + "--resume, or wait for it where it is at work")
        }
        throw UserError(
          url,
          "holds no model.safetensors nor any other finished .safetensors file; give a folder of "
            + "models")
      }
      return ModelOrder.sorted(models)
    }
  }
}
