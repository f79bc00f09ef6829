import Foundation
import TopoFoundation
import TopoTraining

/// The places of a study's files must not be taken by folders.
extension StudyFolder {
  /// Whether a file of that name belongs to a member.
  static func isOfMember(_ name: String) -> Bool {
    name == "model.safetensors" || name.hasPrefix("checkpoint-") || name.hasPrefix("epoch-")
  }

  /// Refuses folders in the places of a study's files, so that nothing is computed in vain.
  /// - Throws: `UserError` that names the first one.
  static func requireNoFolders(in url: URL, of members: [Member]) throws {
    for name in files.sorted() { try requireNoFolder(at: url.appending(path: name)) }
    try requireNoFolders(ofNetworks: members, in: url)
  }

  /// Refuses folders in the places of the models, checkpoints and snapshots of some members.
  /// - Throws: `UserError` that names the first one.
  package static func requireNoFolders(ofNetworks members: [Member], in url: URL) throws {
    for member in members {
      let folder = url.appending(path: member.path)
      let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
      for name in names.sorted() where isOfMember(name) {
        try requireNoFolder(at: folder.appending(path: name))
      }
    }
  }

  private static func requireNoFolder(at url: URL) throws {
    guard FolderPath.isFolder(url) else { return }
    throw UserError(
      url,
      "is a folder, but the study has a file of that name; move the folder elsewhere and continue "
        + "with --resume")
  }
}
