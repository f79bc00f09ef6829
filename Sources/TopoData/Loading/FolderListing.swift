import Foundation
import TopoFoundation

/// The files of a folder, looked up by the names that a file may have.
///
/// Archives unpack `name` to `name/name` at times, with or without a good file beside it: a folder
/// that bears a file's name is not the file, but the file may be in it.
struct FolderListing {
  let folder: URL
  private let names: Set<String>

  /// Lists `folder`; nil if it is missing.
  /// - Throws: `UserError` when it is there but cannot be read.
  init?(_ folder: URL) throws {
    guard Self.isFolder(folder) else { return nil }
    guard access(folder.path, R_OK | X_OK) == 0 else {
      throw UserError(folder, "cannot be read (\(UserError.systemReason)); check its permissions")
    }
    do {
      names = Set(try FileManager.default.contentsOfDirectory(atPath: folder.path))
    } catch {
      throw UserError(folder, "cannot be listed; check the disk and its permissions")
    }
    self.folder = folder
  }

  /// The file that has one of `spellings`, the first of them that is there: in the folder itself, or
  /// otherwise in a subfolder that has one of these names.
  func file(_ spellings: [String]) -> URL? {
    let there = spellings.filter(names.contains).map { folder.appending(path: $0) }
    // Whatever is no folder is taken: reading it says what is wrong with a link that leads nowhere.
    if let file = there.first(where: { !Self.isFolder($0) }) { return file }
    for subfolder in there {
      let inner = spellings.map { subfolder.appending(path: $0) }
      if let file = inner.first(where: {
        FileManager.default.fileExists(atPath: $0.path) && !Self.isFolder($0)
      }) {
        return file
      }
    }
    return nil
  }

  private static func isFolder(_ url: URL) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder)
      && isFolder.boolValue
  }
}
