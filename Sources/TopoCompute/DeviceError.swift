/// Something a device cannot do, in one sentence that says what and what to do about it.
public struct DeviceError: Error, Sendable, CustomStringConvertible {
  /// The sentence.
  public var description: String

  /// An error that reads as `description`.
  public init(_ description: String) { self.description = description }
}
