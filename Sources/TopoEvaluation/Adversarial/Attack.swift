import TopoCompute
import TopoFoundation

/// An attack on a network: small changes of images that make it misclassify them.
///
/// Attacks follow the gradient of the network's cross-entropy with the true label. The attacked
/// image stays within a distance epsilon of the clean one; pixels have values from 0 to 1.
///
/// ```swift
/// var attack = Attack(.pgdLinf)
/// attack.steps = 100
/// let part = try AttackPart(attacks: [attack, Attack(.fgsm)], epsilons: [4.0 / 255, 8.0 / 255])
/// ```
public struct Attack: Sendable, Hashable, Codable {
  /// The kinds of attacks. The raw value is the name on the command line; records have
  /// `adversarial/` before it.
  public enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
    /// One step of epsilon along the signs of the gradient (Goodfellow, Shlens and Szegedy,
    /// arXiv 1412.6572).
    case fgsm
    /// One step of length epsilon along the gradient.
    case fgmL2 = "fgm-l2"
    /// Steps along the signs of the gradient from a random start. Each step is followed by a
    /// projection onto the box around the image (Madry et al., arXiv 1706.06083).
    case pgdLinf = "pgd-linf"
    /// Steps along the gradient from a random start. Each step is followed by a projection onto
    /// the ball around the image.
    case pgdL2 = "pgd-l2"
  }

  /// The kind of attack.
  public var kind: Kind
  /// Number of steps along the gradient; one for FGSM and FGM-L2.
  public var steps: Int
  /// Length of a step, in epsilons.
  public var stepShare: Float
  /// Whether the first step begins at a random point within epsilon of the image rather than at
  /// the image.
  public var randomStart: Bool

  /// An attack with Foolbox's defaults: one step of epsilon for FGSM and FGM-L2; from a random
  /// start, 40 steps of epsilon / 30 for PGD-Linf and 50 steps of epsilon / 40 for PGD-L2.
  public init(_ kind: Kind) {
    self.kind = kind
    switch kind {
    case .fgsm, .fgmL2: (steps, stepShare, randomStart) = (1, 1, false)
    case .pgdLinf: (steps, stepShare, randomStart) = (40, 1 / 30, true)
    case .pgdL2: (steps, stepShare, randomStart) = (50, 0.025, true)
    }
  }

  /// The norm of the distance that epsilon limits.
  public var norm: AttackNorm {
    switch kind {
    case .fgsm, .pgdLinf: .linf
    case .fgmL2, .pgdL2: .l2
    }
  }

  /// Whether the attack needs only the gradient at the clean images.
  public var isSingleStep: Bool { steps == 1 && !randomStart }

  /// The name in records: `adversarial/pgd-linf`.
  public var label: String { "adversarial/\(kind.rawValue)" }

  /// The default epsilons: those commonly used for MNIST if the images are gray, and for CIFAR if
  /// they have color, of which 8/255 and 0.5 are RobustBench's.
  public func epsilons(for shape: ImageShape) -> [Double] {
    switch (norm, shape.channels) {
    case (.linf, 1): [0.05, 0.1, 0.2, 0.3]
    case (.l2, 1): [0.5, 1, 2]
    case (.linf, _): [0.5, 1, 2, 4, 8].map { $0 / 255 }
    case (.l2, _): [0.1, 0.25, 0.5, 1]
    }
  }
}
