/// Kernel size, stride and zero padding of a convolution or pooling window.
public struct Window: Sendable, Hashable {
  /// Rows and columns of the window.
  public var kernel: Extent
  /// Steps between windows, down and across.
  public var stride: Extent
  /// Padding on each side, above-below and left-right: zeros for a convolution, minus infinity
  /// for max pooling.
  public var padding: Extent

  /// Rows and columns.
  public struct Extent: Sendable, Hashable {
    /// Along the rows' axis.
    public var rows: Int
    /// Along the columns' axis.
    public var columns: Int

    /// An extent of `rows` x `columns`.
    public init(rows: Int, columns: Int) {
      self.rows = rows
      self.columns = columns
    }

    /// The same value along both axes.
    public init(_ both: Int) { self.init(rows: both, columns: both) }
  }

  /// A window of the given extents.
  public init(kernel: Extent, stride: Extent, padding: Extent) {
    self.kernel = kernel
    self.stride = stride
    self.padding = padding
  }

  /// A square window.
  public init(_ kernel: Int, stride: Int = 1, padding: Int = 0) {
    self.init(kernel: Extent(kernel), stride: Extent(stride), padding: Extent(padding))
  }

  /// Rows and columns of the output for an input of the given extent, as PyTorch counts them
  /// (floor mode); not positive when the input is too small.
  public func output(of input: Extent) -> Extent {
    func size(_ input: Int, _ kernel: Int, _ stride: Int, _ padding: Int) -> Int {
      let room = input + 2 * padding - kernel
      return room < 0 ? 0 : room / stride + 1
    }
    return Extent(
      rows: size(input.rows, kernel.rows, stride.rows, padding.rows),
      columns: size(input.columns, kernel.columns, stride.columns, padding.columns))
  }
}

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
