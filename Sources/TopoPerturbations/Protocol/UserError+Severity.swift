import TopoFoundation

extension UserError {
  /// A severity that a table does not have, with those that it has.
  static func severity(
    _ severity: Double, of perturbation: some ImagePerturbation
  ) -> UserError {
    let valid = Severities.text(perturbation.severities)
    return UserError(
      "\(perturbation.label) has no severity \(Severities.text(severity)): "
        + (perturbation.severities.count == 1 ? "it has \(valid) only." : "choose from \(valid)"))
  }
}
