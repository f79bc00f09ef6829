import ArgumentParser
import Toposheet

/// What is measured of sheets along training.
struct AlongTrainingOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Further measures of each sheet after epochs; `toposheet measures` lists them.",
      valueName: "names"),
    completion: Completions.epochMeasures)
  var measures: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Number of test images that sheets are measured on; 500 by default.", valueName: "n"))
  var measureImages: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Measure after every n-th epoch and the last one.", valueName: "n"))
  var measureEvery: Int?

  /// The settings of these options.
  /// - Throws: `UserError` about measures; `ValidationError` about numbers.
  func settings() throws -> AlongTraining {
    var settings = AlongTraining()
    if let measures {
      let names = SelectionText.items(measures)
      guard !names.isEmpty else {
        throw ValidationError("--measures names no measure; name one, or leave it out")
      }
      settings.measures = try EpochMeasures(names)
    }
    for (name, number) in [("images", measureImages), ("every", measureEvery)] {
      guard let number, number < 1 else { continue }
      throw ValidationError("--measure-\(name) takes a whole number of at least 1, not \(number)")
    }
    if let measureImages { settings.images = measureImages }
    if let measureEvery { settings.every = measureEvery }
    return settings
  }
}
