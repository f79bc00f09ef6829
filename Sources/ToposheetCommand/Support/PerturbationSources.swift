import ArgumentParser
import Foundation
import Toposheet

/// Where perturbations of images that this program does not bring along come from.
struct PerturbationSources: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Official corrupted images (CIFAR-10-C or MNIST-C, .npy), to be used instead of those made "
        + "here.", valueName: "folder"), completion: .directory)
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

  /// All perturbations of images there are.
  /// - Parameters:
  ///   - images: those that are to be damaged, or more of the same data set.
  ///   - isTraining: whether they are a data set's training images.
  /// - Throws: `UserError` about the folders.
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

  /// Refuses folders that a suite has no use for.
  /// - Throws: `ValidationError`.
  func checkUse(in suite: Suite) throws {
    let recorded = suite.images.contains { $0.perturbation is RecordedCorruption }
    guard corruptionFolder == nil || recorded else {
      throw ValidationError(
        "--corruption-folder holds nothing that the suite \(suite.name) shows: leave it out, or "
          + "name the other folder")
    }
    let hasFrost = suite.images.contains { ($0.perturbation as? Corruption)?.kind == .frost }
    guard frost == nil || hasFrost else {
      throw ValidationError(
        "--frost does not concern the suite \(suite.name), or its photographs are too small: leave "
          + "it out, or take photographs of at least 160 x 160 pixels")
    }
  }

  /// Which of a suite's images are official ones.
  func notes(_ suite: Suite) -> [String] {
    let sweeps = suite.images.filter { !($0.perturbation is Noise) }
    let official = sweeps.map(\.perturbation).filter { $0 is RecordedCorruption }
    guard !official.isEmpty else { return [] }
    let names = official.map(\.label).joined(separator: ", ")
    return [
      "Official files: \(official.count) of \(sweeps.count.counted("corruption")) (\(names))"
        + (official.count < sweeps.count ? "; the others are made here." : ".")
    ]
  }
}
