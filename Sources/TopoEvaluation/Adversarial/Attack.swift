import TopoCompute
import TopoFoundation

/// A way to change images a little so that a network errs, knowing the network: along the gradient
/// of its cross-entropy with the true label, within a distance epsilon of the image, in pixels'
/// own units from 0 to 1.
public struct Attack: Sendable, Hashable, Codable {
  /// The kinds; raw values are their names on the command line and, behind `adversarial/`, in
  /// records.
  public enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
    /// One step of epsilon along the gradient's signs (Goodfellow, Shlens and Szegedy,
    /// arXiv 1412.6572).
    case fgsm
    /// One step of length epsilon along the gradient.
    case fgmL2 = "fgm-l2"
    /// Steps along the gradient's signs, each followed by the way back into the box around the
    /// image (Madry et al., arXiv 1706.06083), from a random start.
    case pgdLinf = "pgd-linf"
    /// Steps along the gradient, each followed by the way back into the ball around the image,
    /// from a random start.
    case pgdL2 = "pgd-l2"
  }

  /// What is done.
  public var kind: Kind
  /// Steps along the gradient; one for the fast kinds.
  public var steps: Int
  /// Length of a step, in epsilons.
  public var stepShare: Float
  /// Whether the first step begins at a random place within epsilon rather than at the image.
  public var randomStart: Bool

  /// An attack as usual: fast kinds take one step of epsilon; projected ones 40 steps of a 30th
  /// (Linf) or 50 of a 40th (L2) from a random start, which are Foolbox's defaults.
  public init(_ kind: Kind) {
    self.kind = kind
    switch kind {
    case .fgsm, .fgmL2: (steps, stepShare, randomStart) = (1, 1, false)
    case .pgdLinf: (steps, stepShare, randomStart) = (40, 1 / 30, true)
    case .pgdL2: (steps, stepShare, randomStart) = (50, 0.025, true)
    }
  }

  /// How distances are measured.
  public var norm: AttackNorm {
    switch kind {
    case .fgsm, .pgdLinf: .linf
    case .fgmL2, .pgdL2: .l2
    }
  }

  /// Whether all it needs is the gradient at the images themselves.
  public var isSingleStep: Bool { steps == 1 && !randomStart }

  /// The name in records: `adversarial/pgd-linf`.
  public var label: String { "adversarial/\(kind.rawValue)" }

  /// Epsilons where none are asked for: the usual ones of MNIST for grey images, of CIFAR for
  /// images in colour, where 8/255 and 0.5 are RobustBench's.
  public func epsilons(for shape: ImageShape) -> [Double] {
    switch (norm, shape.channels) {
    case (.linf, 1): [0.05, 0.1, 0.2, 0.3]
    case (.l2, 1): [0.5, 1, 2]
    case (.linf, _): [0.5, 1, 2, 4, 8].map { $0 / 255 }
    case (.l2, _): [0.1, 0.25, 0.5, 1]
    }
  }
}
