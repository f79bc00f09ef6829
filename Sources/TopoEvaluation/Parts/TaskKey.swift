/// What distinguishes a task from the others of a suite, in the files of an evaluation.
package struct TaskKey: Sendable, Hashable {
  /// The perturbation's name in records.
  package var label: String
  /// How much of it.
  package var severity: Double
  /// Number of the draw; 0 if the task has all draws.
  package var draw: Int

  /// A key of its parts.
  package init(label: String, severity: Double, draw: Int) {
    (self.label, self.severity, self.draw) = (label, severity, draw)
  }

  /// The key that a text says; nil if it says none.
  package init?(_ text: String) {
    // A label may have spaces, as layers have names.
    let parts = text.split(separator: " ", omittingEmptySubsequences: false)
    guard parts.count >= 3, let severity = Double(parts[parts.count - 2]),
      let draw = Int(parts[parts.count - 1])
    else { return nil }
    self.init(
      label: parts.dropLast(2).joined(separator: " "), severity: severity, draw: draw)
  }

  /// The key as text.
  package var text: String { "\(label) \(severity) \(draw)" }

  /// Whether it is about an analysis.
  package var isOfAnalysis: Bool { label.hasPrefix(Self.analyses) }

  /// Whether it is about attacks.
  package var isOfAttack: Bool { label.hasPrefix("adversarial/") }

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

  static let analyses = "analysis/"

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
