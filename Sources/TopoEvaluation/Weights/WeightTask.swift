/// One perturbation of weights at one severity, with all its draws.
public struct WeightTask: EvaluationTask, Hashable {
  /// The perturbation.
  public var perturbation: WeightPerturbation
  /// The severity; 0 for the unperturbed networks.
  public var severity: Double

  /// A perturbation at a severity.
  public init(perturbation: WeightPerturbation, severity: Double) {
    (self.perturbation, self.severity) = (perturbation, severity)
  }

  public var label: String { perturbation.label }

  public var title: String { "\(perturbation.label) \(severity)" }
}
