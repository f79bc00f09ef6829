import TopoFoundation

/// All analyses of layers.
public enum AnalysisCatalog {
  /// All kinds of analyses, in the order of results.
  public static let kinds: [any Analysis.Type] = [
    OrganizationAnalysis.self, SelectivityAnalysis.self, UnitsAnalysis.self,
    RepresentationAnalysis.self, TuningAnalysis.self,
  ]

  /// Reads a list of names, such as `organization,units`; `all` stands for all of them.
  /// - Parameter others: further names, for errors.
  /// - Returns: the analyses with their published constants.
  /// - Throws: `UserError` for an empty list, an unknown name or a name that occurs twice.
  public static func read(_ text: String, others: [String] = []) throws -> [any Analysis] {
    let names = SelectionText.items(text)
    if names == ["all"] { return kinds.map { $0.init() } }
    guard !names.isEmpty else {
      throw UserError("no analysis is named: choose from \(list(others))")
    }
    var seen: Set<String> = []
    return try names.map { name in
      guard let kind = kinds.first(where: { $0.name == name }) else {
        let nearest =
          NearestName.of(name, among: kinds.map { $0.name } + others).map {
            "; did you mean \($0)?"
          } ?? ""
        throw UserError("there is no analysis \"\(name)\": choose from \(list(others))" + nearest)
      }
      guard seen.insert(name).inserted else {
        throw UserError("the analysis \(name) occurs twice: name it once")
      }
      return kind.init()
    }
  }

  private static func list(_ others: [String]) -> String {
    (kinds.map { $0.name } + others + ["all"]).joined(separator: ", ")
  }
}
