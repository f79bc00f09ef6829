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

  /// How the labels of analyses begin.
  static let analyses = "analysis/"
}
