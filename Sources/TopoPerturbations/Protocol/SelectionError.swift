/// What is wrong with an option of an evaluation, in one sentence with the remedy.
public struct SelectionError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The sentence.
  public var description: String

  /// An error that reads as `description`.
  public init(_ description: String) { self.description = description }
}

extension SelectionError {
  /// A severity that a table does not have, with those that it has.
  static func severity(
    _ severity: Double, of perturbation: some ImagePerturbation
  ) -> SelectionError {
    let valid = Severities.text(perturbation.severities)
    return SelectionError(
      "\(perturbation.label) has no severity \(Severities.text(severity)): "
        + (perturbation.severities.count == 1 ? "it has \(valid) only." : "choose from \(valid)."))
  }
}
