import TopoFoundation

/// Pairs of a symmetric image and a control without symmetry but with the same content.
///
/// ```swift
/// let shape = ImageShape(channels: 1, rows: 28, columns: 28)
/// let patterns = SymmetryStimuli.patterns(shape)      // 200 pairs of random black and white cells
/// // symmetric, control: responses of a network to patterns.symmetric and patterns.control
/// let sensitivity = SymmetrySensitivity(symmetric: symmetric, control: control)
/// ```
public struct SymmetryStimuli: Sendable, Hashable {
  /// Extents of an image.
  public let shape: ImageShape
  /// Dense `[pair, channel, row, column]`, in [0, 1].
  public let symmetric: [Float]
  /// The same, of the controls.
  public let control: [Float]

  /// Number of pairs.
  public var pairs: Int { symmetric.count / shape.count }

  /// Random patterns of black and white cells: 7 x 7 cells of 4 pixels in an image of 28 x 28, 8 x 8
  /// of 4 in one of 32 x 32, and a side of about an eighth of the smaller side otherwise.
  ///
  /// Half of the cells of the first half are white (of an odd number, a coin decides about one). The
  /// second half is the first one reflected, or the same cells in a random order. A middle row or
  /// column of cells is random and the same in both. Pixels that no cell covers are 0.5.
  /// - Parameters:
  ///   - reflection: `horizontal` for patterns with equal left and right halves.
  ///   - seed: of the patterns.
  public static func patterns(
    _ shape: ImageShape, pairs: Int = 200, reflection: ImageReflection = .horizontal,
    seed: UInt64 = 0
  ) -> SymmetryStimuli {
    let side = min(shape.rows, shape.columns)
    let pixels = max(Int((Double(side) / 8).rounded()), 1)
    let cells = side / pixels
    let stream = UnitsStream.symmetryPatterns
    let source = Philox(seed: seed, purpose: .analysis, stream: stream)
    var (symmetric, control) = ([Float](), [Float]())
    for pair in 0..<pairs {
      var random = RandomSequence(source.subsequence(at: UInt64(pair), stream: stream))
      let (first, second) = patterns(cells, reflection, &random)
      symmetric += image(first, cells, pixels, shape)
      control += image(second, cells, pixels, shape)
    }
    return SymmetryStimuli(shape: shape, symmetric: symmetric, control: control)
  }

  /// Images with the second half replaced by their reflected first half, or by that of another image.
  ///
  /// The other images follow each other in a random cycle, so that each serves once. A single image
  /// is its own control.
  /// - Parameters:
  ///   - images: dense `[image, channel, row, column]`.
  ///   - reflection: `horizontal` for images with equal left and right halves.
  ///   - seed: of the cycle.
  public static func replacing(
    _ images: [Float], shape: ImageShape, reflection: ImageReflection = .horizontal,
    seed: UInt64 = 0
  ) -> SymmetryStimuli {
    let count = images.count / shape.count
    var random = RandomSequence(
      Philox(seed: seed, purpose: .analysis, stream: UnitsStream.symmetryPartners))
    let order = random.permutation(count).map(Int.init)
    var others = [Int](repeating: 0, count: count)
    for (place, image) in order.enumerated() { others[image] = order[(place + 1) % count] }
    return SymmetryStimuli(
      shape: shape,
      symmetric: reflection.replaceHalf(images, shape: shape, from: Array(0..<count)),
      control: reflection.replaceHalf(images, shape: shape, from: others))
  }

  /// The cells of a symmetric pattern and its control, `[row, column]`.
  private static func patterns(
    _ cells: Int, _ reflection: ImageReflection, _ random: inout RandomSequence
  ) -> ([Float], [Float]) {
    let half = cells / 2
    // Along the axis, then away from it: cell (a, b) of the first half.
    let count = half * cells
    let coin = count.isMultiple(of: 2) ? 0 : Int(random.next(below: 2))
    let white = count / 2 + coin
    let first = random.permutation(count).map { Int($0) < white ? Float(1) : 0 }
    let shuffled = random.permutation(count).map { first[Int($0)] }
    let middle = (0..<cells).map { _ in Float(random.next(below: 2)) }
    func pattern(_ second: [Float]) -> [Float] {
      (0..<cells * cells).map { cell in
        let (row, column) = (cell / cells, cell % cells)
        let (along, away) = reflection == .horizontal ? (row, column) : (column, row)
        let opposite = cells - 1 - away
        if away == opposite { return middle[along] }
        return away < opposite ? first[along * half + away] : second[along * half + opposite]
      }
    }
    return (pattern(first), pattern(shuffled))
  }

  /// Cells as an image, centered.
  private static func image(
    _ pattern: [Float], _ cells: Int, _ pixels: Int, _ shape: ImageShape
  ) -> [Float] {
    let top = (shape.rows - cells * pixels) / 2
    let left = (shape.columns - cells * pixels) / 2
    let plane = (0..<shape.rows * shape.columns).map { index -> Float in
      let (row, column) = (index / shape.columns - top, index % shape.columns - left)
      guard (0..<cells * pixels).contains(row), (0..<cells * pixels).contains(column) else {
        return 0.5
      }
      return pattern[row / pixels * cells + column / pixels]
    }
    return Array(repeating: plane, count: shape.channels).flatMap { $0 }
  }
}
