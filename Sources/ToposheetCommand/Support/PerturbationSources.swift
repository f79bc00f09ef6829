import ArgumentParser
import Foundation
import Toposheet

/// Where perturbations of images that this program does not bring along come from.
struct PerturbationSources: ParsableArguments {
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

  /// The options that were given.
  var given: [String] {
    (corruptionFolder == nil ? [] : ["--corruption-folder"]) + (frost == nil ? [] : ["--frost"])
  }

  /// All perturbations of images there are.
  /// - Parameters:
  ///   - images: those that are to be damaged, or more of the same data set.
  ///   - isTraining: whether they are a data set's training images.
  /// - Throws: `FileError` about the folders.
  func read(for images: ImageSet, isTraining: Bool) throws -> PerturbationCatalog {
    func url(_ path: String) -> URL { URL(filePath: path, directoryHint: .isDirectory) }
    let photographs = try frost.map { try FrostPhotographs(folder: url($0)) }
    let official = try corruptionFolder.map {
      try CorruptionFolder(
        url($0), labels: images.labels, shape: images.shape, classes: images.classes,
        training: isTraining)
    }
    return PerturbationCatalog(folder: official, frost: photographs)
  }
}
