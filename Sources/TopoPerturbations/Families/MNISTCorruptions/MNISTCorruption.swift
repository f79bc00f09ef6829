import TopoFoundation

/// A corruption that only MNIST-C has: the labels `mnist-c/shear`, `mnist-c/scale` and others. The
/// labels `mnist-c/...` of operations that CIFAR-10-C has too, such as `mnist-c/fog`, are
/// `Corruption`'s, with the family `mnist`.
///
/// Tables and formulas are those of the published code, at 28 x 28 pixels; at other
/// sizes, affine maps keep the center and lines and stripes keep their margins.
///
/// As in the published files, values are bytes: the fraction is dropped, not rounded. Directions and
/// places are drawn as the authors drew them, but from Philox, so the images are MNIST-C's in style,
/// not its files.
public struct MNISTCorruption: Sendable, Hashable {
  /// What is done; raw values are the names after `mnist-c/`.
  public enum Kind: String, Sendable, Hashable, CaseIterable {
    /// Nothing: clean images.
    case identity
    /// Rows pushed to one side, in proportion to their distance from the center, and shortened by
    /// the angle's cosine. The direction is drawn.
    case shear
    /// Shrunk about the center.
    case scale
    /// Rotated about the center. The direction is drawn.
    case rotate
    /// Moved by whole pixels, horizontally and vertically. Both directions are drawn.
    case translate
    /// The left and the right quarter inverted.
    case stripe
    /// A soft line across, at drawn heights.
    case line
    /// A soft line from border to border, at drawn heights, in dashes of two pixels.
    case dottedLine = "dotted-line"
    /// A soft zigzag across, at a drawn height and slope.
    case zigzag
    /// Edges in place of the image, after Canny.
    case cannyEdges = "canny-edges"
    /// Fewer gray levels.
    case quantize
    /// Black for white.
    case inverse
  }

  /// What is done.
  public var kind: Kind

  /// A corruption.
  public init(_ kind: Kind) { self.kind = kind }

  /// All of them.
  public static let all = Kind.allCases.map(MNISTCorruption.init)

  /// The one of that name: `shear` or `mnist-c/shear`.
  public static func named(_ name: String) -> MNISTCorruption? {
    all.first { $0.label == name || $0.kind.rawValue == name }
  }

  /// The parameter at each severity from 1 on: an angle in radians, the share of the size that is
  /// left, pixels or bits; 0 for kinds without one, which have one severity.
  var parameters: [Double] {
    switch kind {
    case .shear, .rotate: [0.2, 0.4, 0.6, 0.8, 1]
    case .scale: [0.9, 0.8, 0.7, 0.6, 0.5]
    case .translate: [1, 2, 3, 4, 5]
    case .quantize: [5, 4, 3, 2, 1]
    case .identity, .stripe, .line, .dottedLine, .zigzag, .cannyEdges, .inverse: [0]
    }
  }

  /// Random numbers of one draw at one severity. The key is the first two words of the block whose
  /// counter holds the severity's bit pattern, the kind and the purpose, under the seed; the draw is
  /// the stream, and image `i` owns position `i`.
  func source(seed: UInt64, severity: Double, draw: Int) -> Philox {
    Philox(seed: seed, purpose: .mnistCorruption, stream: stream)
      .subsequence(at: severity.bitPattern, stream: UInt32(truncatingIfNeeded: draw))
  }

  /// Distinguishes the kinds' random numbers; part of what makes a result reproducible.
  private var stream: UInt32 {
    switch kind {
    case .identity: 0
    case .shear: 1
    case .scale: 2
    case .rotate: 3
    case .translate: 4
    case .stripe: 5
    case .line: 6
    case .dottedLine: 7
    case .zigzag: 8
    case .cannyEdges: 9
    case .quantize: 10
    case .inverse: 11
    }
  }
}
