import ArgumentParser
import Toposheet

/// The images that `corrupt` perturbs, and the perturbations.
struct PerturbationOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("A data set's name or its folder.", valueName: "name|folder"),
    completion: Completions.datasets)
  var data: String

  @Option(
    help: ArgumentHelp(
      "Images to perturb: those of the test files, or of the training files.", valueName: "name"))
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
      "Draws of random perturbations at each severity; by default 1, or the suite's.",
      valueName: "n"))
  var draws: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Seed of the perturbations.", valueName: "seed"))
  var seed: UInt64 = 0

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Number of images to use, the first of the set; all by default.", valueName: "n"))
  var subset: Int?
}
