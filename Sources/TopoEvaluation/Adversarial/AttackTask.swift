/// One attack at one epsilon.
public struct AttackTask: EvaluationTask, Hashable {
  /// The attack.
  public var attack: Attack
  /// How far it may go; above 0.
  public var epsilon: Double
  /// The epsilon as it was written: `4/255`.
  public var epsilonName: String

  public var title: String { "\(attack.label) \(epsilonName)" }
}
