import ArgumentParser
import Foundation
import Toposheet

/// Everything about plans that runs nothing.
struct PlanCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan",
    abstract: "Explain a plan before it runs, print it with all values, or list the ready plans.",
    usage: "toposheet plan <check|show|list> [<plan>] [<options>]",
    discussion: """
      Examples:
        toposheet plan list
        toposheet plan check paper-mnist
        toposheet plan show paper-mnist --set epochs=3 > mine.yaml
      """,
    subcommands: [PlanCheckCommand.self, PlanShowCommand.self, PlanListCommand.self])
}

/// Prints a plan with all values.
struct PlanShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Print a plan with all settings, as `run` would keep it; it can be saved and edited.",
    usage: "toposheet plan show <plan> [--set <key=value> ...]",
    discussion: """
      Examples:
        toposheet plan show demo
        toposheet plan show paper-mnist --set seeds=0-19 > more-seeds.yaml
      """)

  @OptionGroup var source: PlanOptions

  func run() throws {
    let source = try source.source()
    let text = try source.resolved(try source.plan())
    Terminal.print(text.hasSuffix("\n") ? String(text.dropLast()) : text)
  }
}

/// Lists the ready plans.
struct PlanListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the ready plans that `run` takes by name.",
    usage: "toposheet plan list")

  func run() throws {
    var table = TextTable([.init("plan", .left), .init("what it is", .left)])
    for plan in ReadyPlan.all { table.append([plan.name, plan.summary]) }
    table.notes.append("What a plan takes and can find: toposheet plan check PLAN.")
    table.notes.append(
      "To write your own: toposheet plan show PLAN > mine.yaml; see docs/plans.md.")
    Terminal.print(table)
  }
}
