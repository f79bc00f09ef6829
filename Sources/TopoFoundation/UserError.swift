/// Why something cannot be done, in one sentence for the user that says what to do about it.
public struct UserError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The sentence.
  public var description: String

  /// An error that reads as `description`.
  public init(_ description: String) { self.description = description }
}
