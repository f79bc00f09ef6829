import TopoFoundation

extension Noise: ImagePerturbation {
  /// What it does.
  public var summary: String {
    switch kind {
    case .white: "normal noise of this standard deviation for each pixel and channel"
    case .pink:
      spectrum == .asPublished
        ? "normal noise whose power falls as 1/f^2, as published"
        : "normal noise whose power falls as 1/f"
    case .saltAndPepper:
      withReplacement
        ? "pixels set to black or white, this share of them drawn with replacement"
        : "this share of the pixels set to black or white"
    }
  }

  /// The paper whose noises these are.
  public var reference: String { "Truong & Hasson 2025, arXiv 2508.00043" }

  /// The published levels.
  public var severities: [Double] { Noise.publishedLevels }

  /// Every draw is another one.
  public var isRandom: Bool { true }

  /// Checks that the level lies in [0, 1].
  /// - Throws: `UserError`.
  public func check(severity: Double, shape: ImageShape) throws {
    guard severity >= 0, severity <= 1 else {
      throw UserError(
        "the level \(severity) of \(label) is out of range: levels go from 0 to 1")
    }
  }
}
