import TopoFoundation

/// A common corruption of images at severities 1 to 5: the labels `corruption/...`, and those
/// `mnist-c/...` that are the same operations with MNIST-C's parameters (`mnist-c/fog`). The other
/// labels `mnist-c/...` are `MNISTCorruption`'s.
///
/// It is made by our own code from the published formulas and parameters: those of CIFAR-10-C, or
/// MNIST-C's own tables for the same operations.
///
/// Results are bytes, as in the published sets, as multiples of 1/255. Random draws differ
/// from the published ones, so images are in the style of CIFAR-10-C and MNIST-C, not their files.
public struct Corruption: Sendable, Hashable {
  /// Whose parameters are used; the raw value begins the label.
  public enum Family: String, Sendable, Hashable, Codable, CaseIterable {
    /// CIFAR-10-C's: images of one or three channels.
    case common = "corruption"
    /// MNIST-C's: images of one channel.
    case mnist = "mnist-c"
  }

  /// What is done; the raw value ends the label, and with underscores is the name of the file in
  /// the published sets.
  public enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
    case gaussianNoise = "gaussian-noise"
    case shotNoise = "shot-noise"
    case impulseNoise = "impulse-noise"
    case defocusBlur = "defocus-blur"
    case glassBlur = "glass-blur"
    case motionBlur = "motion-blur"
    case zoomBlur = "zoom-blur"
    case snow
    case frost
    case fog
    case brightness
    case contrast
    case elasticTransform = "elastic-transform"
    case pixelate
    case jpegCompression = "jpeg-compression"
    case speckleNoise = "speckle-noise"
    case gaussianBlur = "gaussian-blur"
    case spatter
    case saturate

    /// The 15 corruptions over which the mean corruption error is taken, in the paper's order.
    public static let main: [Kind] = [
      .gaussianNoise, .shotNoise, .impulseNoise, .defocusBlur, .glassBlur, .motionBlur, .zoomBlur,
      .snow, .frost, .fog, .brightness, .contrast, .elasticTransform, .pixelate, .jpegCompression,
    ]
    /// The 4 that the paper keeps for validation.
    public static let extra: [Kind] = [.speckleNoise, .gaussianBlur, .spatter, .saturate]
  }

  /// What is done.
  public let kind: Kind
  /// Whose parameters are used.
  public let family: Family
  /// Photographs of frost; used by frost alone, which needs them.
  public let frost: FrostPhotographs?

  /// A corruption.
  /// - Parameter frost: photographs, which frost needs before it can be applied.
  public init(_ kind: Kind, family: Family = .common, frost: FrostPhotographs? = nil) {
    self.kind = kind
    self.family = family
    self.frost = kind == .frost ? frost : nil
  }

  /// The severities of every corruption.
  public static let severities: [Double] = [1, 2, 3, 4, 5]

  /// The 15 main corruptions; 14 without photographs of frost.
  public static func main(frost: FrostPhotographs?) -> [Corruption] {
    Kind.main.compactMap { kind in
      kind == .frost && frost == nil ? nil : Corruption(kind, frost: frost)
    }
  }

  /// The 15 main corruptions. Frost is without photographs: `check` says so; use `main(frost:)` to
  /// have it or to leave it out.
  public static let main: [Corruption] = Kind.main.map { Corruption($0) }

  /// The 4 further corruptions.
  public static let extra: [Corruption] = Kind.extra.map { Corruption($0) }

  /// Those of MNIST-C's list that are the same operations with other parameters: 18 without
  /// photographs of frost. The published set holds some, at one severity: `CorruptionFolder.publishedMNIST`.
  public static func mnist(frost: FrostPhotographs?) -> [Corruption] {
    (Kind.main + Kind.extra).compactMap { kind in
      kind == .frost && frost == nil ? nil : Corruption(kind, family: .mnist, frost: frost)
    }
  }

  /// `mnist(frost: nil)`.
  public static let mnist: [Corruption] = mnist(frost: nil)

  /// The corruption with a label: `corruption/fog`, `mnist-c/shot-noise`; nil if there is none.
  /// Underscores may stand for hyphens, as in the published files' names.
  public static func named(_ label: String, frost: FrostPhotographs? = nil) -> Corruption? {
    let parts = label.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, let family = Family(rawValue: String(parts[0])),
      let kind = Kind(rawValue: String(parts[1].map { $0 == "_" ? "-" : $0 }))
    else { return nil }
    return Corruption(kind, family: family, frost: frost)
  }

  /// Its place in the counters of random numbers: never renumber.
  private var number: UInt64 {
    let kinds: UInt64 =
      switch kind {
      case .gaussianNoise: 0
      case .shotNoise: 1
      case .impulseNoise: 2
      case .defocusBlur: 3
      case .glassBlur: 4
      case .motionBlur: 5
      case .zoomBlur: 6
      case .snow: 7
      case .frost: 8
      case .fog: 9
      case .brightness: 10
      case .contrast: 11
      case .elasticTransform: 12
      case .pixelate: 13
      case .jpegCompression: 14
      case .speckleNoise: 15
      case .gaussianBlur: 16
      case .spatter: 17
      case .saturate: 18
      }
    return family == .common ? kinds : kinds + 64
  }

  /// The random numbers of one draw at one severity: a function of the seed, the corruption, the
  /// severity and the draw alone. Image `i` owns the positions from `i * 2^32` on.
  func source(seed: UInt64, severity: Int, draw: Int) -> Philox {
    Philox(seed: seed, purpose: .corruption, stream: UInt32(truncatingIfNeeded: draw))
      .subsequence(at: number << 32 | UInt64(severity))
  }
}
