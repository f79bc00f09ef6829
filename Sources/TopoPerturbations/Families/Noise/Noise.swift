import TopoFoundation

/// Noise on images, as in the paper: on the [0, 1] scale, before normalization.
///
/// ```swift
/// let test = try Dataset.load("mnist").test
/// let noisy = try Noise(.white).apply(to: test.images, shape: test.shape, severity: 0.1)
/// ```
public struct Noise: Sendable, Hashable, Codable {
  /// The kinds; raw values are their names on the command line and in records.
  public enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
    /// `clip(x + level * e)`, `e` standard normal for each pixel and channel.
    case white
    /// `clip(x + level * p)`, `p` a field per image and channel with falling spectrum, mean 0 and
    /// standard deviation 1.
    case pink
    /// `Int(rows * columns * level)` pixels black or white, all channels alike.
    case saltAndPepper = "salt-pepper"
  }

  /// How the amplitude of pink noise falls with frequency.
  public enum Spectrum: String, Sendable, Hashable, Codable, CaseIterable {
    /// As `1 / f`, so power as `1 / f^2`: what the published code does under the name of pink.
    case asPublished = "as-published"
    /// As `1 / sqrt(f)`, so power as `1 / f`: pink in the usual sense.
    case pink
  }

  /// The kind.
  public var kind: Kind
  /// Of pink noise only.
  public var spectrum: Spectrum
  /// Whether salt-and-pepper may draw a pixel more than once, as the published code does; the
  /// share of changed pixels then stays below the level.
  public var withReplacement: Bool

  /// A noise; by default as published.
  public init(_ kind: Kind, spectrum: Spectrum = .asPublished, withReplacement: Bool = true) {
    self.kind = kind
    self.spectrum = spectrum
    self.withReplacement = withReplacement
  }

  /// The levels of the paper.
  public static let publishedLevels = [0.01, 0.05, 0.1, 0.15, 0.2]
  /// Draws of each noise and level, if nothing else is asked for.
  public static let defaultDraws = 5

  /// The name in records: the kind's, with a suffix if an option differs from the published
  /// one: `white`, `pink`, `pink-1f`, `salt-pepper`, `salt-pepper-distinct`.
  public var label: String {
    switch kind {
    case .white: kind.rawValue
    case .pink: spectrum == .asPublished ? kind.rawValue : "pink-1f"
    case .saltAndPepper: withReplacement ? kind.rawValue : "salt-pepper-distinct"
    }
  }

  /// The random numbers of one draw at one level: a function of the seed, the kind, the level and
  /// the draw alone, so that all members see the same noise, whatever else is evaluated.
  ///
  /// The key is the first two words of the Philox block whose counter holds the level's bit
  /// pattern, the draw and the purpose, under the noise seed; image `i` then owns the positions
  /// from `i * 2^32` on.
  public func source(seed: UInt64, level: Double, draw: Int) -> Philox {
    let purpose: RandomPurpose =
      switch kind {
      case .white: .whiteNoise
      case .pink: .pinkNoise
      case .saltAndPepper: .saltAndPepperNoise
      }
    return Philox(seed: seed, purpose: purpose, stream: UInt32(truncatingIfNeeded: draw))
      .subsequence(at: level.bitPattern)
  }
}
