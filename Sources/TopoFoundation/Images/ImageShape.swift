/// Extents of an image: channels, rows and columns.
public struct ImageShape: Sendable, Hashable, Codable, CustomStringConvertible {
  /// Color channels.
  public var channels: Int
  /// Pixels from top to bottom.
  public var rows: Int
  /// Pixels from left to right.
  public var columns: Int

  /// An image of `channels` x `rows` x `columns`.
  public init(channels: Int, rows: Int, columns: Int) {
    self.channels = channels
    self.rows = rows
    self.columns = columns
  }

  /// Values of one image.
  public var count: Int { channels * rows * columns }

  /// `3 x 32 x 32`
  public var description: String { "\(channels) x \(rows) x \(columns)" }
}
