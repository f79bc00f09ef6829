import TopoFoundation

/// What a plan reduces compared with the study that it stands for.
enum ReducedPlan {
  /// How the first line of such a plan begins.
  private static let mark = "# REDUCED:"

  /// What the plans of folders say, each sentence once.
  static func sentences(_ folders: [ResultFolder]) -> [String] {
    var sentences: [String] = []
    for sentence in folders.compactMap({ $0.plan.flatMap(sentence) })
    where !sentences.contains(sentence) { sentences.append(sentence) }
    return sentences
  }

  /// The sentence of a plan; nil if it is not a reduced one.
  static func sentence(of plan: String) -> String? {
    let head = plan.split(whereSeparator: \.isNewline).prefix { $0.hasPrefix("#") }
    let settings = head.filter { $0.hasPrefix("# --set ") }.map { $0.dropFirst(2) }
    let changes = settings.isEmpty ? "" : " Changed by \(settings.joined(separator: " "))."
    if let line = head.first(where: { $0.hasPrefix(mark) }) {
      return line.dropFirst(2) + changes
    }
    // Plans of earlier versions name the ready plan only.
    let words = head.first?.split(separator: " ").map { $0.trimmingSuffix(while: { $0 == "." }) }
    guard let name = words?.first(where: { $0.hasSuffix("-reduced") }),
      head.first?.hasPrefix("# Resolved from the ready plan ") == true
    else { return nil }
    return "REDUCED: the ready plan \(name)." + changes
  }
}

extension Substring {
  fileprivate func trimmingSuffix(while matches: (Character) -> Bool) -> Substring {
    var rest = self
    while let last = rest.last, matches(last) { rest.removeLast() }
    return rest
  }
}
