import ArgumentParser
import Foundation
import Toposheet

/// The suite, and the folders that it needs.
struct SuiteOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Suites by name, with commas (see `toposheet suites`), or your own YAML file.",
      valueName: "names|file"), completion: Completions.suites)
  var suite: String?

  @OptionGroup var sources: SourceOptions

  /// Whether `--suite` names a file.
  var isFile: Bool {
    guard let suite else { return false }
    return suite.contains("/") || suite.hasSuffix(".yaml") || suite.hasSuffix(".yml")
  }

  /// Refuses unknown names of suites. It is called before data are loaded, which takes longer.
  /// - Throws: `UserError`.
  func checkNames() throws {
    if let suite, !isFile { _ = try SuitePreset.read(suite) }
  }

  /// What `--suite` names; a suite file is read once, here.
  /// - Throws: `UserError` about the file.
  func choice() throws -> SuiteChoice {
    let description = isFile ? try SuiteDescription(contentsOf: URL(filePath: suite ?? "")) : nil
    return SuiteChoice(
      name: suite ?? "", description: description,
      folders: sources.folders(or: description?.sources), hasFolderOptions: !sources.given.isEmpty)
  }
}

/// The suite that was chosen, before the images are known.
struct SuiteChoice {
  /// Its name, those of several, or its file.
  let name: String
  /// What its file says; nil for suites by name.
  let description: SuiteDescription?
  /// Folders that perturbations of images come from.
  let folders: PerturbationSources
  fileprivate let hasFolderOptions: Bool

  /// The suite.
  /// - Parameters:
  ///   - images: the images that it is evaluated on.
  ///   - isTraining: whether they are training images.
  ///   - options: options of suites by name.
  ///   - names: names of the command's options that set these, for the error if there is a file.
  ///   - subset: the number of images; nil for that of the file, or all.
  /// - Throws: `UserError`; `ValidationError` for options that must be written into the file.
  func suite(
    for images: ImageSet, isTraining: Bool, options: SuitePreset.Options, names: String,
    subset: Int?
  ) throws -> Suite {
    var suite: Suite
    if let description {
      guard options == SuitePreset.Options() else {
        throw ValidationError(
          "\(names) are for suites by name: write them into \(name)")
      }
      suite = try description.suite(for: images, isTraining: isTraining, sources: folders)
      suite.subset = subset ?? suite.subset
    } else {
      suite = try Suite(
        try SuitePreset.read(name),
        catalog: try folders.catalog(for: images, isTraining: isTraining), shape: images.shape,
        options: options, subset: subset)
    }
    try folders.checkUse(in: suite, prefix: hasFolderOptions ? "--" : "")
    return suite
  }
}
