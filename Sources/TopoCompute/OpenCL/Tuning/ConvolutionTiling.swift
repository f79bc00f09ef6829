/// How the implicit matrix products cut up their work: the constants of `tile_product.cl`.
///
/// As text, `64x128x16/8x4/u8/b2`: the tile's extents M, N and K, a work-item's M and N, the
/// unrolling and the buffers.
public struct ConvolutionTiling: Sendable, Hashable, CustomStringConvertible {
  /// Channels of a work-group's tile.
  public var tileM: Int
  /// Pixels of the tile; in the weight's gradient, weights of a filter.
  public var tileN: Int
  /// Terms between two barriers.
  public var tileK: Int
  /// Channels of a work-item.
  public var itemM: Int
  /// Pixels of a work-item, or weights of a filter.
  public var itemN: Int
  /// Terms that the inner loop takes at once.
  public var unroll: Int
  /// Tiles of each factor in local memory: 1 or 2.
  public var buffers: Int

  /// A tiling; `isValid` says whether it can be used.
  public init(
    _ tileM: Int, _ tileN: Int, _ tileK: Int, item: (Int, Int), unroll: Int, buffers: Int
  ) {
    (self.tileM, self.tileN, self.tileK) = (tileM, tileN, tileK)
    (itemM, itemN) = item
    (self.unroll, self.buffers) = (unroll, buffers)
  }

  /// Reads the text form; nil if the text is malformed.
  public init?(_ text: some StringProtocol) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 4, parts[2].first == "u", parts[3].first == "b" else { return nil }
    func numbers(_ part: some StringProtocol, _ count: Int) -> [Int]? {
      let numbers = part.split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
      guard numbers.count == count else { return nil }
      let positive = numbers.compactMap { $0 }.filter { (1...4096).contains($0) }
      return positive.count == count ? positive : nil
    }
    guard let tile = numbers(parts[0], 3), let item = numbers(parts[1], 2),
      let unroll = numbers(parts[2].dropFirst(), 1), let buffers = numbers(parts[3].dropFirst(), 1)
    else { return nil }
    self.init(
      tile[0], tile[1], tile[2], item: (item[0], item[1]), unroll: unroll[0], buffers: buffers[0])
  }

  /// The text form.
  public var description: String {
    "\(tileM)x\(tileN)x\(tileK)/\(itemM)x\(itemN)/u\(unroll)/b\(buffers)"
  }

  /// Work-items of a group.
  public var workItems: Int { tileM / itemM * (tileN / itemN) }

  /// Bytes of local memory that a group takes.
  public func localMemory(_ pass: ConvolutionPass, isTensor: Bool = false) -> Int {
    let padding =
      isTensor
      ? ConvolutionTiling.tensorPadding
      : pass == .backwardWeight ? 2 * ConvolutionTiling.rowPadding : 0
    return 4 * buffers * tileK * (tileM + tileN + padding)
  }

  /// Bytes of local memory that the emulation of tensor cores takes in addition.
  var exchange: Int { 16 * workItems * (itemM / 2 + itemN / 4) }

  /// What a device allows a work-group.
  public struct Limits: Sendable, Hashable {
    /// Work-items.
    public var workItems: Int
    /// Bytes of local memory.
    public var localMemory: Int

    /// Limits of a device.
    public init(workItems: Int, localMemory: Int) {
      self.workItems = workItems
      self.localMemory = localMemory
    }
  }

  /// Whether the kernels of a pass can be built so and started within the limits.
  /// - Parameter isTensor: for tensor cores, whose warps compute 32 or 64 channels and as many
  ///   pixels, eight terms at a time.
  public func isValid(
    _ pass: ConvolutionPass, for limits: Limits, isTensor: Bool = false
  ) -> Bool {
    if isTensor {
      guard [4, 8].contains(itemM), [8, 16].contains(itemN), tileM % (8 * itemM) == 0,
        tileN % (4 * itemN) == 0, tileK % 8 == 0
      else { return false }
    }
    guard tileM > 0, tileN > 0, tileK > 0, (1...tileK).contains(unroll),
      (1...2).contains(buffers), itemM > 0, itemN > 0, itemM % 4 == 0, itemN % 4 == 0,
      itemM <= 16, itemN <= 16, tileM % itemM == 0, tileN % itemN == 0,
      workItems <= limits.workItems, localMemory(pass, isTensor: isTensor) <= limits.localMemory
    else { return false }
    // A work-item keeps to the same pixels while it loads tile after tile.
    switch pass {
    case .forward, .backwardData: return workItems % tileN == 0 || tileN % workItems == 0
    case .backwardWeight: return tileK % 4 == 0 && workItems % tileK == 0
    }
  }

  /// What `ROW_M` and `ROW_N` of `tensor_product.cl` add to the tile.
  private static let tensorPadding = 12
  /// `ROW_PADDING` of `implicit_gemm_weight.cl`.
  private static let rowPadding = 4

  var constants: KernelConstants {
    [
      "TILE_M": .integer(tileM), "TILE_N": .integer(tileN), "TILE_K": .integer(tileK),
      "ITEM_M": .integer(itemM), "ITEM_N": .integer(itemN), "UNROLL": .integer(unroll),
      "BUFFERS": .integer(buffers),
    ]
  }
}
