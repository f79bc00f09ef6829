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

  /// Removes the partial files of processes that were killed while they wrote to a folder. Other
  /// names, and folders, stay.
  /// - Parameters:
  ///   - isOwn: whether the caller alone may write a file of that name.
  ///   - others: whether to remove other partial files too, if their processes have ended.
  package static func removeLeftovers(
    in folder: URL, others: Bool, isOwn: (String) -> Bool
  ) {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    for name in names {
      guard let (file, process) = partial(name),
        isOwn(file) || others && (process == getpid() || !isAlive(process))
      else { continue }
      // A partial file that cannot be removed does no harm.
      unlink(folder.appending(path: name).path)
    }
  }

  private static func isAlive(_ process: pid_t) -> Bool {
    kill(process, 0) == 0 || errno != ESRCH
  }
}
