import Foundation

/// Something wrong with a file or folder, in one sentence that names it, the place and the remedy.
public struct FileError: Error, Sendable, Hashable, CustomStringConvertible {
  /// Path of the file or folder.
  public var path: String
  /// What is wrong with it, and what to do.
  public var problem: String

  /// `problem` with the file at `path`.
  public init(_ path: String, _ problem: String) {
    self.path = path
    self.problem = problem
  }

  /// `problem` with the file at `url`.
  public init(_ url: URL, _ problem: String) { self.init(url.path, problem) }

  /// `path: problem`
  public var description: String { "\(path): \(problem)" }

  /// What the system said about the last call that failed: `No such file or directory`.
  package static var systemReason: String { String(cString: strerror(errno)) }
}

extension FileError: LocalizedError {
  /// The same sentence.
  public var errorDescription: String? { description }
}
