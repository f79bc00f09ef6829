import Foundation
import TopoData
import TopoEvaluation
import TopoFoundation

/// Where a plan comes from: a file, or a ready plan by name; and settings that change it.
///
/// ```swift
/// let source = try PlanSource("demo", settings: [try YAMLSetting("epochs=1")])
/// let plan = try source.plan()
/// let dataset = try source.dataset(of: plan)
/// print(try source.resolved(plan))
/// ```
public struct PlanSource: Sendable {
  /// The text of the plan, and the settings.
  public let document: YAMLDocument
  /// What the comment of a resolved plan calls it.
  private let origin: String

  /// Reads the text of a plan.
  /// - Parameters:
  ///   - nameOrFile: a file if it ends in `.yaml` or `.yml` or has a slash; otherwise the name of a
  ///     ready plan.
  ///   - settings: values that replace or add some of the plan.
  /// - Throws: `UserError` if the file cannot be read, or there is no ready plan of the name.
  public init(_ nameOrFile: String, settings: [YAMLSetting] = []) throws {
    let isFile =
      nameOrFile.contains("/") || [".yaml", ".yml"].contains { nameOrFile.hasSuffix($0) }
    guard isFile else {
      let plan = try ReadyPlan.named(nameOrFile)
      origin = "the ready plan \(nameOrFile)"
      document = YAMLDocument(
        text: plan.text, file: "the ready plan \(nameOrFile)", settings: settings)
      return
    }
    let url = URL(filePath: nameOrFile)
    let bytes = try FileContents.read(url)
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw UserError("\(url.path): is not UTF-8 text; is it a plan?")
    }
    origin = nameOrFile
    document = YAMLDocument(text: text, file: url.path, settings: settings)
  }

  /// The plan with the settings.
  /// - Throws: `UserError` that names file, line and key, or the setting.
  public func plan() throws -> Plan { try Plan(document) }

  /// The data of the plan, which its subsets and its layers fit.
  /// - Throws: `UserError` that names file, line and key, or the setting, if there are no such data,
  ///   or something does not fit them; a file of the data if it is damaged.
  public func dataset(of plan: Plan) throws -> Dataset {
    let (root, reader) = try document.read()
    let top = try reader.mapping(root, "the plan", keys: Plan.keys)
    let dataset: Dataset
    do {
      dataset = try Dataset.load(plan.data)
    } catch let error as UserError where error.path == nil {
      throw reader.problem(try top.required("data"), error.description)
    }
    if let subset = plan.subset, subset > dataset.training.count {
      throw reader.problem(
        try top.required("subset"),
        "subset is \(subset), but \(dataset.name) has "
          + "\(dataset.training.count.counted("training image")); ask for fewer")
    }
    try plan.architecture.check(on: dataset, sheet: plan.sheet, top)
    try plan.evaluation.checkSubset(of: dataset.test)
    return dataset
  }

  /// The text of the resolved plan: all of its values, and a comment that says where they come from,
  /// with the comment at the head of the plan. A plan that is resolved already keeps its comment.
  /// - Throws: what `Plan.yaml()` throws.
  public func resolved(_ plan: Plan) throws -> String {
    let earlier = earlierOrigin
    let settings =
      (earlier?.settings ?? [])
      + document.settings.map {
        "# --set \($0.key)=" + $0.value.split(whereSeparator: \.isNewline).joined(separator: " ")
      }
    let first = Self.mark + (earlier?.origin ?? origin) + (settings.isEmpty ? "." : " with")
    return ([first] + settings + head).map { "\($0)\n" }.joined() + (try plan.yaml())
  }

  /// How a resolved plan begins.
  private static let mark = "# Resolved from "

  /// The comment at the head of the plan, without what an earlier resolution or `train` wrote.
  private var head: [String] {
    let lines = document.text.split(whereSeparator: \.isNewline).prefix { $0.hasPrefix("#") }
    let own = earlierOrigin.map { lines.dropFirst(1 + $0.settings.count) } ?? lines[...]
    return own.filter { !$0.hasPrefix("# Written by `toposheet ") }.map(String.init)
  }

  /// The origin and the settings in the comment of a plan that is resolved already; nil for others.
  private var earlierOrigin: (origin: String, settings: [String])? {
    let lines = document.text.split(separator: "\n", omittingEmptySubsequences: false)
    guard let first = lines.first, first.hasPrefix(Self.mark) else { return nil }
    let rest = first.dropFirst(Self.mark.count)
    if rest.hasSuffix(" with") {
      let settings = lines.dropFirst().prefix { $0.hasPrefix("# --set ") }
      return (String(rest.dropLast(" with".count)), settings.map(String.init))
    }
    return rest.hasSuffix(".") ? (String(rest.dropLast()), []) : nil
  }
}
