import TopoFoundation
import TopoPlans

/// A plan that is embedded in the program and known by name, such as `demo` and `paper-mnist`.
public struct ReadyPlan: Sendable {
  /// Its name.
  public let name: String
  /// The text of the file, with its comments.
  public let text: String

  /// What the study is, in one line: the first comment of the file.
  public var summary: String {
    let line = text.split(separator: "\n").first ?? ""
    return SelectionText.trimmed(line.drop { $0 == "#" })
  }

  /// All ready plans.
  public static let all = ReadyPlanFiles.all.map {
    ReadyPlan(name: $0.name, text: String(decoding: $0.bytes, as: UTF8.self))
  }

  /// The ready plan of a name.
  /// - Throws: `UserError` with the nearest name if there is none.
  public static func named(_ name: String) throws -> ReadyPlan {
    if let plan = all.first(where: { $0.name == name }) { return plan }
    let names = all.map(\.name)
    let nearest = NearestName.of(name, among: names).map { "; did you mean \($0)?" } ?? ""
    throw UserError(
      "there is no ready plan \(name); the ready plans are \(names.joined(separator: ", ")), and a "
        + "file is named with .yaml at its end or a slash in its path\(nearest)")
  }
}
