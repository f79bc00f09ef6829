import ArgumentParser
import Foundation
import Toposheet

/// Which suite.
struct SuiteOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Suites by name, with commas (see `toposheet suites`), or a YAML file of one's own.",
      valueName: "names|file"), completion: Completions.suites)
  var suite: String?

  @OptionGroup var sources: SourceOptions

  /// Whether the suite is in a file.
  var isFile: Bool {
    guard let suite else { return false }
    return suite.contains("/") || suite.hasSuffix(".yaml") || suite.hasSuffix(".yml")
  }

  /// Refuses names that are not suites; before data are read, as names are wrong more often.
  /// - Throws: `UserError`.
  func checkNames() throws {
    if let suite, !isFile { _ = try SuitePreset.read(suite) }
  }

  /// What a suite's file says; nil for suites by name. It is read when this is first asked for.
  var description: SuiteDescription? {
    get throws { isFile ? try SuiteDescription(contentsOf: URL(filePath: suite ?? "")) : nil }
  }

  /// The suite that was asked for.
  /// - Parameters:
  ///   - images: those that it is evaluated on.
  ///   - options: of suites that are known by name.
  ///   - names: the command's options that set them, for the error that refuses them for a file.
  /// - Throws: `UserError`; `ValidationError` for options that
  ///   belong into the file.
  func read(
    for images: ImageSet, isTraining: Bool, options: SuitePreset.Options, names: String,
    subset: Int?
  ) throws -> Suite {
    let name = suite ?? ""
    let description = try description
    let folders = sources.folders(or: description?.sources)
    var suite: Suite
    if let description {
      guard options == SuitePreset.Options() else {
        throw ValidationError(
          "\(names) are for suites that are known by name: write them into \(name)")
      }
      suite = try description.suite(for: images, isTraining: isTraining, sources: folders)
      suite.subset = subset ?? suite.subset
    } else {
      suite = try Suite(
        try SuitePreset.read(name),
        catalog: try folders.catalog(for: images, isTraining: isTraining), shape: images.shape,
        options: options, subset: subset)
    }
    try folders.checkUse(in: suite, prefix: sources.given.isEmpty ? "" : "--")
    return suite
  }
}
