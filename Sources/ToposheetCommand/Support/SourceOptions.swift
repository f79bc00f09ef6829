import ArgumentParser
import Toposheet

/// Folders of images for perturbations that are not part of this program.
struct SourceOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Published corrupted images (CIFAR-10-C or MNIST-C, .npy), used instead of computed ones.",
      valueName: "folder"), completion: .directory)
  var corruptionFolder: String?

  @Option(
    help: ArgumentHelp(
      "Photographs of frost, for the corruption of that name; without them it is left out.",
      valueName: "folder"), completion: .directory)
  var frost: String?

  /// The options that were given.
  var given: [String] {
    (corruptionFolder == nil ? [] : ["--corruption-folder"]) + (frost == nil ? [] : ["--frost"])
  }

  /// The folders that were given; for others, those that a suite file names.
  func folders(or fallback: PerturbationSources? = nil) -> PerturbationSources {
    PerturbationSources(
      corruptionFolder: corruptionFolder ?? fallback?.corruptionFolder,
      frost: frost ?? fallback?.frost)
  }
}
