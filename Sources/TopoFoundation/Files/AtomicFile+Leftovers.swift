import Foundation

extension AtomicFile {
  /// What a file is called while it is written: `.metrics.csv.4711.123456789.partial`.
  static func partialName(of name: String) -> String {
    ".\(name).\(getpid()).\(UInt32.random(in: 0 ... .max)).partial"
  }

  /// Which file was being written under a name, and by which process; nil for other names.
  static func partial(_ name: String) -> (file: String, process: pid_t)? {
    let parts = name.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count >= 5, parts[0].isEmpty, parts[parts.count - 1] == "partial",
      UInt32(parts[parts.count - 2]) != nil, let process = pid_t(parts[parts.count - 3]),
      process > 0
    else { return nil }
    return (parts[1..<parts.count - 3].joined(separator: "."), process)
  }

  /// Removes what processes left in a folder that were killed while they wrote. Other names, and
  /// folders, stay.
  /// - Parameters:
  ///   - isOwn: whether nobody else may write a file of that name, as the caller has the folder.
  ///   - others: whether to remove other files, too, whose writers are no longer there.
  package static func removeLeftovers(
    in folder: URL, others: Bool, isOwn: (String) -> Bool
  ) {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    for name in names {
      guard let (file, process) = partial(name),
        isOwn(file) || others && (process == getpid() || !isAlive(process))
      else { continue }
      // What cannot be removed does no harm.
      unlink(folder.appending(path: name).path)
    }
  }

  private static func isAlive(_ process: pid_t) -> Bool {
    kill(process, 0) == 0 || errno != ESRCH
  }
}
