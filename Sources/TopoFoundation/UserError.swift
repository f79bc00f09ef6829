import Foundation

/// Why something cannot be done, in one sentence for the user that says what to do about it.
///
/// Sentences follow the program's name or a file's, so they begin with a small letter (if the word
/// is no name) and have no full stop, however they were given.
public struct UserError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The sentence.
  public let description: String
  /// The path of the file or folder that the error is about; nil if it is about something else.
  public let path: String?
  /// Whether the same may succeed later, without another command: if there is room on the disk, for
  /// example.
  public let isTemporary: Bool
  /// The item of a list that the error is about, from 0; nil if it is about something else.
  package private(set) var item: Int?

  /// An error that reads as `sentence`.
  public init(_ sentence: String) {
    description = SentenceStyle.continued(sentence)
    (path, isTemporary) = (nil, false)
  }

  /// An error about the file or folder at `path` that reads as `path: problem`.
  public init(_ path: String, _ problem: String, isTemporary: Bool = false) {
    description = "\(path): \(problem)"
    (self.path, self.isTemporary) = (path, isTemporary)
  }

  /// An error about the file or folder at `url` that reads as `path: problem`.
  public init(_ url: URL, _ problem: String, isTemporary: Bool = false) {
    self.init(url.path, problem, isTemporary: isTemporary)
  }

  /// The same error, about an item of a list.
  package func about(item: Int) -> UserError {
    var copy = self
    copy.item = item
    return copy
  }

  /// What the system said about the last call that failed: `No such file or directory`.
  package static var systemReason: String { String(cString: strerror(errno)) }
}

extension UserError: LocalizedError {
  /// The same sentence.
  public var errorDescription: String? { description }
}
