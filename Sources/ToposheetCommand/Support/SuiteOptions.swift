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

  @OptionGroup var sources: PerturbationSources

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

  /// The suite that was asked for.
  /// - Parameters:
  ///   - options: of suites that are known by name.
  ///   - names: the command's options that set them, for the error that refuses them for a file.
  /// - Throws: `UserError`; `ValidationError` for options that
  ///   belong into the file.
  func read(
    _ catalog: SuiteCatalog, options: SuitePreset.Options, names: String, subset: Int?
  ) throws -> Suite {
    let name = suite ?? ""
    guard isFile else {
      return try Suite(
        try SuitePreset.read(name), catalog: catalog, options: options, subset: subset)
    }
    guard options == SuitePreset.Options() else {
      throw ValidationError(
        "\(names) are for suites that are known by name: write them into \(name)")
    }
    var suite = try Suite(contentsOf: URL(filePath: name), catalog: catalog)
    suite.subset = subset ?? suite.subset
    return suite
  }
}
