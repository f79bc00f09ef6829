import ArgumentParser
import Toposheet

/// Which images `corrupt` damages, and how.
struct PerturbationOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("A data set's name or its folder.", valueName: "name|folder"),
    completion: Completions.datasets)
  var data: String

  @Option(
    help: ArgumentHelp(
      "Images to damage; train are those of the training files.", valueName: "name"))
  var split: Split = .test

  @Option(
    help: ArgumentHelp("Perturbations or families of them, with commas.", valueName: "names"),
    completion: Completions.perturbations)
  var perturbation: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Severities, counted from 1: 1-5 or 1,3; all by default.", valueName: "list"))
  var severities: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Levels of noises, from 0 to 1, with commas; the published ones by default.",
      valueName: "list"))
  var levels: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Draws at each severity, of what is random; by default 1, or the suite's.", valueName: "n"))
  var draws: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Seed of the perturbations.", valueName: "seed"))
  var seed: UInt64 = 0

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Use the first so many images only.", valueName: "n"))
  var subset: Int?
}
