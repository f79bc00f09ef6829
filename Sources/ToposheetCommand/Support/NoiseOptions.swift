import ArgumentParser
import Toposheet

/// Noises and their levels.
struct NoiseOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Noises: white, pink, salt-pepper, with commas; none by default.", valueName: "names"),
    completion: Completions.noises)
  var noise = "none"

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Noise levels from 0 to 1, with commas; by default 0.01,0.05,0.1,0.15,0.2.",
      valueName: "list"))
  var levels: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Draws of each noise at each level; 5 by default, or the suite's.", valueName: "n"))
  var draws: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Seed of the noise, or of the suite's perturbations of images; 0 by default.",
      valueName: "seed"))
  var noiseSeed: UInt64?

  /// Whether a noise was named.
  var isGiven: Bool { noise != "none" }

  /// The given options that exclude `--suite`.
  var givenNames: [String] {
    (isGiven ? ["--noise"] : []) + (levels != nil ? ["--levels"] : [])
  }

  /// The part of a suite that the options describe; nil without noises.
  /// - Throws: `UserError`; `ValidationError` for options without effect.
  func part() throws -> ImagePart? {
    for (name, isSet) in [
      ("--levels", levels != nil), ("--draws", draws != nil), ("--noise-seed", noiseSeed != nil),
    ] where isSet && !isGiven {
      throw ValidationError("\(name) belongs to --noise: name some, such as --noise white,pink")
    }
    let selection = try NoiseSelection(
      noises: try NoiseSelection.noises(noise),
      levels: try levels.map(NoiseSelection.levels) ?? Noise.publishedLevels,
      draws: draws ?? Noise.defaultDraws, seed: noiseSeed ?? 0)
    return selection.noises.isEmpty ? nil : ImagePart(selection.sweeps)
  }
}
