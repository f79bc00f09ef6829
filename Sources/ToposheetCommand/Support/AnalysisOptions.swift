import ArgumentParser
import Toposheet

/// Analyses of what networks learned.
struct AnalysisOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Analyses of the sheet's responses to clean images, with commas, or all: "
        + (AnalysisCatalog.kinds.map { $0.name } + [AnalysisPart.comparison])
        .joined(separator: ", ")
        + " (see `toposheet measures`); none by default.", valueName: "names"),
    completion: Completions.analyses)
  var analyses = "none"

  @OptionGroup var external: ExternalOptions

  /// The given options that exclude `--suite`.
  var givenNames: [String] {
    (analyses == "none" ? [] : ["--analyses"]) + (external.rdm == nil ? [] : ["--rdm"])
  }

  /// The part of a suite that the options describe; nil without analyses.
  /// - Throws: `UserError`; `ValidationError` for options without effect.
  func part() throws -> AnalysisPart? {
    guard analyses != "none" else {
      guard external.rdm == nil else {
        throw ValidationError(
          "--rdm belongs to --analyses: name some, such as --analyses representation")
      }
      return nil
    }
    return try AnalysisPart(analyses, rdm: external.rdm)
  }
}

/// Dissimilarities that representations are compared with.
struct ExternalOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Dissimilarities, [item, item], that the representation is compared with: of the first 100 "
        + "images of each class, of the classes, or of the units.", valueName: "file"),
    completion: .file(extensions: ["npy", "safetensors"]))
  var rdm: String?
}
