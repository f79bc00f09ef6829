import Foundation
import Toposheet

/// Models that a user named, folders searched.
enum ModelFiles {
  /// The files in the order they were named; those of a folder by path.
  /// - Throws: `FileError` when one does not exist, or a folder holds none.
  static func find(_ names: [String]) throws -> [URL] {
    try names.flatMap { name in
      guard !name.isEmpty else {
        throw FileError("MODEL", "is empty; give a model's safetensors file or a folder of models")
      }
      let url = URL(filePath: name)
      var isFolder: ObjCBool = false
      guard FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder) else {
        throw FileError(
          url, "does not exist; give a model's safetensors file or a folder of models")
      }
      guard isFolder.boolValue else { return [url] }
      let inside = FileManager.default.enumerator(at: url, includingPropertiesForKeys: nil)
      let models = (inside?.compactMap { $0 as? URL } ?? [])
        .filter { $0.lastPathComponent == "model.safetensors" }
        .sorted { $0.path.compare($1.path, options: .numeric) == .orderedAscending }
      guard !models.isEmpty else {
        throw FileError(
          url, "holds no model.safetensors; give a folder that `toposheet train` made")
      }
      return models
    }
  }
}
