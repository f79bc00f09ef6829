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
      ["data", "subset", "seeds", "epochs", "batch", "evaluation.subset"].map { "\($0)=" }
        + Precision.allCases.map { "precision=\($0.rawValue)" }))
  var settings: [String] = []

  /// The text of the plan and the settings.
  /// - Parameter precision: of `--precision`; nil if it was not given. It is the last setting.
  /// - Throws: `UserError`.
  func source(_ precision: Precision? = nil) throws -> PlanSource {
    let option = precision.map { ["precision=\($0.rawValue)"] } ?? []
    return try PlanSource(plan, settings: (settings + option).map { try YAMLSetting($0) })
  }
}
