/// How much of a device's memory may be taken.
public struct MemoryBudget: Sendable, Hashable {
  /// Bytes in all.
  public let limit: Int
  /// Bytes in one piece.
  public let largestPiece: Int
  /// The limit and what sets it, as a part of a sentence.
  private let reason: String
  /// Whether a user limited it.
  private let isLimited: Bool

  /// The memory of a device.
  /// - Parameters:
  ///   - limit: bytes that a user allows; the device's safe share by default.
  ///   - shares: how many parts it is divided into, of which this is one.
  public init(_ device: DeviceInformation, limit: Int? = nil, shares: Int = 1) {
    let whole = limit ?? device.safeMemory
    self.limit = whole / shares
    largestPiece = device.maximumAllocation
    isLimited = limit != nil
    let size = MemorySize(bytes: whole)
    let all =
      limit == nil
      ? "the \(size) of \(device.identifier) that are safe to take unless --memory-limit says more"
      : "the \(size) that --memory-limit allows on \(device.identifier)"
    reason =
      shares == 1
      ? all
      : "the \(MemorySize(bytes: whole / shares)) that each of \(shares) architectures has of \(all)"
  }

  /// Whether there is room.
  public func holds(_ use: MemoryUse) -> Bool {
    use.bytes <= limit && use.largestPiece <= largestPiece
  }

  /// The sentence for a task that cannot be divided any further.
  func refusal(_ task: String, _ use: MemoryUse, remedy: String) -> DeviceError {
    use.largestPiece > largestPiece
      ? DeviceError(
        "\(task) takes \(MemorySize(bytes: use.largestPiece)) of memory in one piece, more than "
          + "the \(MemorySize(bytes: largestPiece)) that the device allows; \(remedy)")
      : DeviceError(
        "\(task) takes \(MemorySize(bytes: use.bytes)) of memory, more than \(reason); "
          + (isLimited ? "raise it, or \(remedy)" : remedy))
  }
}
