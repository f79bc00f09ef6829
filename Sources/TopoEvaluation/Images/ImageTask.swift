import TopoPerturbations

/// One way to show the images: under a perturbation at a severity in one draw, or clean.
public struct ImageTask: EvaluationTask {
  /// What is done to the images; nil for clean.
  public var perturbation: (any ImagePerturbation)?
  /// How much of it; 0 for clean.
  public var severity: Double
  /// Number of the draw.
  public var draw: Int
  /// Seed of the draws.
  public var seed: UInt64

  /// The clean images.
  public static let clean = ImageTask(perturbation: nil, severity: 0, draw: 0, seed: 0)

  /// The perturbation's name in records.
  public var label: String { perturbation?.label ?? Record.clean }

  public var title: String {
    label + (perturbation == nil ? "" : " \(severity)") + (draw == 0 ? "" : ", draw \(draw)")
  }
}
