import CVectorKernels

/// Max pooling by 2 x 2 windows that tile the image, eight channels at a time: the usual case,
/// without the general window's inner loops.
struct PairPooling: Sendable {
  private let block: Int32
  private let rows: Int32
  private let columns: Int32

  /// Nil for other windows and layouts. `rows` and `columns` are the input's.
  init?(_ window: Window, _ runs: ChannelRuns, rows: Int, columns: Int) {
    guard window == Window(2, stride: 2), runs.lanesAreChannels, rows % 2 == 0, columns % 2 == 0
    else { return nil }
    (block, self.rows, self.columns) = (Int32(runs.block), Int32(rows / 2), Int32(columns / 2))
  }

  /// Pools one group's plane, and stores each maximum's position in its window.
  func forward(
    _ source: UnsafeMutablePointer<Float>, _ target: UnsafeMutablePointer<Float>,
    _ argmax: UnsafeMutablePointer<UInt8>
  ) {
    topo_pool_pairs(source, block, rows, columns, target, argmax)
  }

  /// One group's gradients at the positions of the maxima, and zero elsewhere.
  func backward(
    _ source: UnsafeMutablePointer<Float>, _ argmax: UnsafeMutablePointer<UInt8>,
    _ target: UnsafeMutablePointer<Float>
  ) {
    topo_pool_pairs_backward(source, argmax, block, rows, columns, target)
  }
}
