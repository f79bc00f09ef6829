import TopoFoundation

/// Which of their severities perturbations are applied at, counted from 1: `1-5` or `1,3`.
public struct SeveritySteps: Sendable, Hashable {
  /// Ascending, each once, from 1 on.
  public let steps: [Int]

  /// Far more than any perturbation has.
  private static let most = 1000

  /// Reads `text`.
  /// - Throws: `UserError`.
  public init(_ text: String) throws {
    var steps: Set<Int> = []
    for item in SelectionText.parts(text) {
      let ends = item.split(separator: "-", omittingEmptySubsequences: false).map {
        DecimalText.integer(SelectionText.trimmed($0))
      }
      guard (1...2).contains(ends.count), let first = ends[0], let last = ends[ends.count - 1],
        1...Self.most ~= first, 1...Self.most ~= last
      else {
        throw UserError(
          "\"\(item)\" is not a severity: they are counted from 1, such as 1-5 or 1,3; levels of "
            + "noises are given with --levels")
      }
      guard first <= last else {
        throw UserError("the severities \(item) run backwards: write \(last)-\(first)")
      }
      steps.formUnion(first...last)
    }
    self.steps = steps.sorted()
  }

  /// The severities of a perturbation at these steps. One that has a single severity is applied at
  /// that.
  /// - Throws: `UserError` for a step beyond the last.
  public func severities(of perturbation: some ImagePerturbation) throws -> [Double] {
    let own = perturbation.severities
    if own.count == 1 { return own }
    return try steps.map { step in
      guard step <= own.count else {
        throw UserError(
          "\(perturbation.label) has \(own.count.counted("severity")), so there is no severity "
            + "\(step): "
            + "choose from 1-\(own.count)")
      }
      return own[step - 1]
    }
  }
}
