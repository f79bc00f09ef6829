/// Why a study cannot be run, in one sentence with the remedy.
public struct StudyError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The sentence.
  public var description: String

  /// An error that reads as `description`.
  public init(_ description: String) { self.description = description }
}
