import TopoPerturbations

/// Images under a perturbation at a severity in one draw, or clean images.
public struct ImageTask: EvaluationTask {
  /// The perturbation; nil for clean images.
  public var perturbation: (any ImagePerturbation)?
  /// The severity; 0 for clean images.
  public var severity: Double
  /// Number of the draw, from 0.
  public var draw: Int
  /// Seed of the draws.
  public var seed: UInt64

  /// The clean images.
  public static let clean = ImageTask(perturbation: nil, severity: 0, draw: 0, seed: 0)

  /// The name of the perturbation in records.
  public var label: String { perturbation?.label ?? Record.clean }

  public var title: String {
    label + (perturbation == nil ? "" : " \(severity)") + (draw == 0 ? "" : ", draw \(draw)")
  }
}
