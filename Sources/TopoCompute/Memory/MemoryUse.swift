import Synchronization

/// Device memory that tensors and prepared operations take.
public struct MemoryUse: Sendable, Hashable {
  /// Bytes, of everything together.
  public var bytes: Int
  /// Bytes of the largest single piece since the device was opened.
  public var largestPiece: Int

  /// An amount of memory.
  public init(bytes: Int = 0, largestPiece: Int = 0) {
    self.bytes = bytes
    self.largestPiece = largestPiece
  }
}

/// Counts a device's memory as it is taken and given back.
final class MemoryCounter: Sendable {
  private let state = Mutex(MemoryUse())

  var use: MemoryUse { state.withLock { $0 } }

  func take(_ bytes: Int) {
    state.withLock {
      $0.bytes += bytes
      $0.largestPiece = max($0.largestPiece, bytes)
    }
  }

  func giveBack(_ bytes: Int) { state.withLock { $0.bytes -= bytes } }
}
