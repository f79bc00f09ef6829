import ArgumentParser
import Toposheet

/// Analyses of what networks learned.
struct AnalysisOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Analyses of the networks' responses to clean images, with commas, or all: "
        + (AnalysisCatalog.kinds.map { $0.name } + NetworkAnalysis.allCases.map(\.name))
        .joined(separator: ", ")
        + ", of which people only with --soft-labels (see `toposheet measures`); none by default.",
      valueName: "names"),
    completion: Completions.analyses)
  var analyses = "none"

  @OptionGroup var external: ExternalOptions

  @Option(
    help: ArgumentHelp(
      "How people classified the images, [image, class]: probabilities or counts in the order of "
        + "the test set, such as CIFAR-10H's cifar10h-probs.npy. For the analyses people and "
        + "ensembles.", valueName: "file"),
    completion: .file(extensions: ["npy", "safetensors"]))
  var softLabels: String?

  @OptionGroup var borders: BorderOptions

  /// The given options that exclude `--suite`.
  var givenNames: [String] { (analyses == "none" ? [] : ["--analyses"]) + dependents.map(\.name) }

  /// The given options that belong to analyses, each with an example of one.
  private var dependents: [(name: String, example: String)] {
    [
      ("--rdm", "representation", external.rdm != nil),
      ("--soft-labels", "people", softLabels != nil), ("--torus", "organization", borders.torus),
    ].filter(\.2).map { ($0.0, $0.1) }
  }

  /// The part of a suite that the options describe; nil without analyses.
  /// - Throws: `UserError`; `ValidationError` for options without effect.
  func part() throws -> AnalysisPart? {
    guard analyses != "none" else {
      if let option = dependents.first {
        throw ValidationError(
          "\(option.name) belongs to --analyses: name some, such as --analyses \(option.example)")
      }
      return nil
    }
    return try AnalysisPart(
      analyses, rdm: external.rdm, softLabels: softLabels, wraps: borders.torus)
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

/// The borders of sheets.
struct BorderOptions: ParsableArguments {
  @Flag(
    help: """
      Let opposite edges of the sheet meet, as on a torus, in all measures of neighbors and \
      distances; by default the border is open.
      """)
  var torus = false
}
