import ArgumentParser
import Foundation
import Toposheet

/// Which suite, and what it needs.
struct SuiteOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Suites by name, with commas (see `toposheet suites`), or a YAML file of one's own. --out "
        + "then keeps every finished piece of work.", valueName: "names|file"))
  var suite: String?

  @Option(
    help: ArgumentHelp(
      "Official corrupted images (CIFAR-10-C or MNIST-C, .npy), to be used instead of those made "
        + "here.", valueName: "folder"))
  var corruptionFolder: String?

  @Option(
    help: ArgumentHelp(
      "Photographs of frost, for the corruption of that name; without them it is left out.",
      valueName: "folder"))
  var frost: String?

  @Flag(help: "Go on with the suite that the folder holds.")
  var resume = false

  /// Whether the suite is in a file.
  var isFile: Bool {
    guard let suite else { return false }
    return suite.contains("/") || suite.hasSuffix(".yaml") || suite.hasSuffix(".yml")
  }

  /// Refuses what makes sense with a suite only.
  /// - Throws: `ValidationError`.
  func requireSuite() throws {
    guard suite == nil else { return }
    for (name, isGiven) in [
      ("--resume", resume), ("--corruption-folder", corruptionFolder != nil),
      ("--frost", frost != nil),
    ] where isGiven {
      throw ValidationError("\(name) belongs to --suite: name a suite, such as --suite noise")
    }
  }

  /// The perturbations that suites may use on images of a data set.
  /// - Throws: `FileError` about the folders.
  func catalog(_ images: ImageSet, isTraining: Bool) throws -> SuiteCatalog {
    let photographs = try frost.map {
      try FrostPhotographs(folder: URL(filePath: $0, directoryHint: .isDirectory))
    }
    return SuiteCatalog(
      shape: images.shape, catalog: PerturbationCatalog(frost: photographs))
  }

  /// The suite that was asked for.
  /// - Throws: `SelectionError`, `StudyError`, `FileError`.
  func read(
    _ catalog: SuiteCatalog, options: SuitePreset.Options, subset: Int?
  ) throws -> Suite {
    let name = suite ?? ""
    guard isFile else {
      return try Suite(
        try SuitePreset.read(name), catalog: catalog, options: options, subset: subset)
    }
    guard options == SuitePreset.Options() else {
      throw ValidationError(
        "--draws, --epsilons, --attack-images and the seeds are for suites that are known by name: "
          + "write them into \(name)")
    }
    var suite = try Suite(contentsOf: URL(filePath: name), catalog: catalog)
    suite.subset = subset ?? suite.subset
    return suite
  }
}
