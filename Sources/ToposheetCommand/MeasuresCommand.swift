import ArgumentParser
import Foundation
import Toposheet

/// Lists the measures of analyses.
struct MeasuresCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "measures",
    abstract: "List the measures of what a layer learned, with formulas and sources.",
    discussion: """
      With NAME, lists the measures of one analysis, or one measure.

      Examples:
        toposheet measures
        toposheet measures organization
        toposheet measures morans-i-class-means
      """)

  @Argument(help: "An analysis or a measure.", completion: Completions.analyses)
  var name: String?

  func run() throws {
    guard let name else {
      for group in Self.groups { show(group) }
      return
    }
    if let group = Self.groups.first(where: { $0.name == name }) { return show(group) }
    for group in Self.groups {
      if let measure = group.measures.first(where: { $0.name == name }) {
        return show(measure, of: group)
      }
    }
    throw UserError(
      "there is no analysis and no measure \"\(name)\": choose from "
        + Self.groups.map(\.name).joined(separator: ", ")
        + ", or list all with `toposheet measures`")
  }

  /// An analysis with its measures.
  private struct Group {
    var name: String
    var summary: String
    var measures: [MeasureDescription]
    /// What has a value of each measure; nil if that is a layer or a unit.
    var subjects: String?
  }

  /// The analyses of layers, those of networks, and what training records.
  private static var groups: [Group] {
    AnalysisCatalog.kinds.map {
      Group(name: $0.name, summary: $0.summary, measures: $0.measures)
    }
      + NetworkAnalysis.allCases.map {
        Group(
          name: $0.name, summary: $0.summary, measures: $0.measures, subjects: $0.subjects)
      } + [
        Group(
          name: EpochMeasures.name, summary: EpochMeasures.summary, measures: EpochMeasures.always)
      ]
  }

  private func show(_ kind: Group) {
    Terminal.print("\(kind.name): \(kind.summary)\n")
    var table = TextTable([
      .init("measure", .left), .init("what it is", .left), .init("unit", .left),
      .init("range", .left),
    ])
    for measure in kind.measures {
      table.append([
        measure.name, measure.formula, measure.unit == "1" ? "" : measure.unit, measure.range,
      ])
    }
    Terminal.print(table)
  }

  private func show(_ measure: MeasureDescription, of group: Group) {
    Terminal.print(measure.name)
    for (name, text) in [
      ("definition", measure.formula), ("unit", measure.unit), ("range", measure.range),
      ("undefined", measure.undefined ?? "never"), ("source", measure.source),
      ("values", group.subjects ?? (measure.isPerUnit ? "one per unit" : "one per layer")),
    ] { Terminal.print("  \(name): \(text)") }
  }
}
