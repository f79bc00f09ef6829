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

  /// The given options that exclude `--suite`.
  var givenNames: [String] { analyses == "none" ? [] : ["--analyses"] }

  /// The part of a suite that the options describe; nil without analyses.
  /// - Throws: `UserError`.
  func part() throws -> AnalysisPart? {
    analyses == "none" ? nil : try AnalysisPart(analyses)
  }
}
