import Foundation

/// What there is at the paths of folders.
package enum FolderPath {
  /// Whether there is a folder, or a link to one.
  package static func isFolder(_ url: URL) -> Bool { mode(url) == S_IFDIR }

  /// Refuses the path of a folder at which, or above which, there is a file.
  /// - Parameter remedy: what to do: `choose a folder with --out`.
  /// - Throws: `UserError`.
  package static func requireNoFile(at url: URL, remedy: String) throws {
    var place = url
    while true {
      if let mode = mode(place) {
        guard mode != S_IFDIR else { return }
        throw UserError(
          url,
          (place == url ? "is a file" : "is in \(place.path), which is a file") + "; \(remedy)")
      }
      let above = place.deletingLastPathComponent()
      guard above.path != place.path else { return }
      place = above
    }
  }

  /// The kind of what is there; nil if there is nothing, or it cannot be examined.
  private static func mode(_ url: URL) -> mode_t? {
    var status = stat()
    return stat(url.path, &status) == 0 ? status.st_mode & S_IFMT : nil
  }
}
