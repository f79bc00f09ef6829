/// One attack at one epsilon.
public struct AttackTask: EvaluationTask, Hashable {
  /// The attack.
  public var attack: Attack
  /// The largest distance from the clean image; above 0.
  public var epsilon: Double
  /// The text that epsilon was given as: `4/255`.
  public var epsilonName: String

  public var label: String { attack.label }
  public var severity: Double { epsilon }

  public var title: String { "\(attack.label) \(epsilonName)" }
}
