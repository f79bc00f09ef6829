/// What a growing evaluation must know of a task: whose results depend on other networks, on draws, or
/// on being the first of several.
extension TaskKey {
  /// Whether it is about perturbed weights or units.
  package var isOfWeights: Bool { WeightDegradation.isAbout(label) }

  /// Whether the task leaves findings besides records.
  package var hasFindings: Bool {
    isOfAnalysis && label != Self.analyses + NetworkAnalysis.people.name
  }

  /// Whether results of a network depend on the other ones.
  package var comparesNetworks: Bool {
    [NetworkAnalysis.comparison, .ensembles].contains { label == Self.analyses + $0.name }
  }

  /// Whether results depend on the number of draws: the task has all of them.
  package var hasAllDraws: Bool { isOfWeights && severity > 0 }

  /// What the task at an index has besides results about its own label and severity, because it is
  /// the first of several: norms of weights or of gradients, and the clean images of an attack.
  package static func extras(of index: Int, in keys: [TaskKey]) -> Set<Extra> {
    let key = keys[index]
    func isFirst(_ isAlike: (TaskKey) -> Bool) -> Bool { keys.firstIndex(where: isAlike) == index }
    var extras: Set<Extra> = []
    if key.isOfWeights, isFirst(\.isOfWeights) { extras.insert(.norms) }
    if key.isOfAttack, isFirst(\.isOfAttack) { extras.insert(.norms) }
    if key.isOfAttack, isFirst({ $0.label == key.label }) { extras.insert(.clean) }
    return extras
  }

  /// Results that only the first of several tasks has.
  package enum Extra: Sendable {
    /// Norms of weights, or of gradients of clean images.
    case norms
    /// The clean images of an attack.
    case clean
  }
}
