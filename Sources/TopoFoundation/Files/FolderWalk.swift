import Foundation

/// Finds files below a folder. Links to folders and files are followed.
package enum FolderWalk {
  /// All files below a folder, in the order of their paths, except hidden files and folders.
  ///
  /// Every folder is searched once, by its own path rather than that of a link to it. A link to a
  /// folder above is not followed, because it leads back here. A file is taken once, even if a link
  /// leads to it or to its folder. Each hard link counts as a file.
  /// - Throws: `UserError` for a folder that cannot be read, a name that is not UTF-8 and a link
  ///   that leads nowhere: otherwise the user would not notice the missing files.
  package static func files(below folder: URL) throws -> [URL] {
    var walk = Walk()
    walk.skipFolders(above: folder)
    try walk.search(folder)
    // What links lead to comes last, and may have links in it.
    while let link = walk.links.popLast() { try walk.follow(link) }
    walk.takeLinkedFiles()
    return walk.files.sorted { $0.path.compare($1.path, options: .numeric) == .orderedAscending }
  }

  /// What distinguishes files and folders whatever their names.
  private struct Identity: Hashable {
    var device: dev_t
    var node: ino_t

    init(_ status: stat) { (device, node) = (status.st_dev, status.st_ino) }
  }

  private struct Walk {
    var files: [URL] = []
    /// Links that were found, and not yet followed.
    var links: [URL] = []
    /// Links to files, and what they lead to.
    private var linked: [(link: URL, file: Identity)] = []
    private var folders: Set<Identity> = []
    private var identities: Set<Identity> = []

    /// Marks the folders above `folder` as searched.
    mutating func skipFolders(above folder: URL) {
      guard let real = realpath(folder.path, nil) else { return }
      defer { free(real) }
      var place = URL(filePath: String(cString: real))
      while place.path != "/" {
        place.deleteLastPathComponent()
        var status = stat()
        if stat(place.path, &status) == 0 { folders.insert(Identity(status)) }
      }
    }

    mutating func search(_ folder: URL) throws {
      var status = stat()
      guard stat(folder.path, &status) == 0 else {
        throw UserError(folder, "cannot be read (\(UserError.systemReason)); check the path")
      }
      guard folders.insert(Identity(status)).inserted else { return }
      for name in try names(folder).sorted().reversed() where !name.hasPrefix(".") {
        let place = folder.appending(path: name)
        guard lstat(place.path, &status) == 0 else {
          // Checkpoints come and go while a study is running.
          if errno == ENOENT { continue }
          throw UserError(place, "cannot be examined (\(UserError.systemReason)); try again")
        }
        switch status.st_mode & S_IFMT {
        case S_IFDIR: try search(place)
        case S_IFLNK: links.append(place)
        case S_IFREG:
          identities.insert(Identity(status))
          files.append(place)
        default: break
        }
      }
    }

    mutating func follow(_ link: URL) throws {
      var status = stat()
      guard stat(link.path, &status) == 0 else {
        // A link to itself leads to no file.
        if errno == ELOOP { return }
        throw UserError(
          link, "is a link that cannot be followed (\(UserError.systemReason)); mend or remove it")
      }
      switch status.st_mode & S_IFMT {
      case S_IFDIR: try search(link)
      case S_IFREG: linked.append((link, Identity(status)))
      default: break
      }
    }

    /// Takes files that only links lead to. Comes after all folders, in which they may be.
    mutating func takeLinkedFiles() {
      for (link, file) in linked where identities.insert(file).inserted { files.append(link) }
    }

    private func names(_ folder: URL) throws -> [String] {
      guard let stream = opendir(folder.path) else {
        throw UserError(
          folder,
          "cannot be read (\(UserError.systemReason)), so what is in it would be missed; make it "
            + "readable or move it away")
      }
      defer { closedir(stream) }
      var names: [String] = []
      while let entry = readdir(stream) {
        let (name, isText) = withUnsafePointer(to: &entry.pointee.d_name) {
          $0.withMemoryRebound(to: CChar.self, capacity: 256) {
            (String(cString: $0), String(validatingCString: $0) != nil)
          }
        }
        // A repaired name is that of no file. Hidden ones are not looked for.
        guard isText || name.hasPrefix(".") else {
          throw UserError(
            folder,
            "has \"\(name)\" in it, whose name is not UTF-8, so it would be missed; rename it or "
              + "move it away")
        }
        names.append(name)
      }
      return names
    }
  }
}
