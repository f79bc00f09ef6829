import Foundation

/// A folder of results, given by the user.
package enum ResultsFolder {
  /// Checks that there is such a folder.
  /// - Parameters:
  ///   - path: what was given.
  ///   - commands: the commands whose folders serve: `run, train or evaluate`.
  /// - Throws: `UserError` if it does not exist, or is a file.
  package static func require(_ path: String, of commands: String) throws {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw UserError(path, "does not exist; give the --out folder of \(commands)")
    }
    guard isFolder.boolValue else {
      throw UserError(path, "is a file; give the folder of results that it lies in")
    }
  }
}
