import ArgumentParser
import Toposheet

/// A plan, and settings that change it.
struct PlanOptions: ParsableArguments {
  @Argument(
    help: ArgumentHelp(
      "A YAML file (its name ends in .yaml or has a slash), or the name of a ready plan.",
      valueName: "plan"),
    completion: Completions.plans)
  var plan: String

  @Option(
    name: .customLong("set"), parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "Replace or add a value of the plan: epochs=3, conditions.ws.lambda=[0.5,1], "
        + "evaluation.subset=1000. Items of lists are named by penalty or by position, from 1; "
        + "without a value, the key is removed. May be given several times.",
      valueName: "key=value"),
    completion: .list(
      ["data", "subset", "seeds", "epochs", "batch", "evaluation.subset"].map { "\($0)=" }))
  var settings: [String] = []

  /// The text of the plan and the settings.
  /// - Throws: `UserError`.
  func source() throws -> PlanSource {
    try PlanSource(plan, settings: settings.map { try YAMLSetting($0) })
  }
}
