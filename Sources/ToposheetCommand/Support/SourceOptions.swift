import ArgumentParser
import Toposheet

/// Folders of perturbed images that this program does not bring along.
struct SourceOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Official corrupted images (CIFAR-10-C or MNIST-C, .npy), used instead of those made here.",
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

  /// The folders, or those that a suite names.
  func folders(or fallback: PerturbationSources? = nil) -> PerturbationSources {
    PerturbationSources(
      corruptionFolder: corruptionFolder ?? fallback?.corruptionFolder,
      frost: frost ?? fallback?.frost)
  }
}
