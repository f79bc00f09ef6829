import Foundation
import TopoData
import TopoFoundation
import TopoPerturbations

/// Folders of perturbed images, or of photographs to make them with, that this program does not
/// bring along.
public struct PerturbationSources: Sendable, Hashable {
  /// Official corrupted images (CIFAR-10-C or MNIST-C, `.npy`), used instead of those made here.
  public var corruptionFolder: String?
  /// Photographs of frost, for the corruption of that name; without them it is left out.
  public var frost: String?

  /// Folders by path.
  public init(corruptionFolder: String? = nil, frost: String? = nil) {
    (self.corruptionFolder, self.frost) = (corruptionFolder, frost)
  }

  /// All perturbations of images that there are.
  /// - Parameters:
  ///   - images: those that are to be perturbed, or more of the same data set.
  ///   - isTraining: whether they are a data set's training images.
  /// - Throws: `UserError` about the folders.
  public func catalog(for images: ImageSet, isTraining: Bool) throws -> PerturbationCatalog {
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
  /// - Parameter prefix: what stands before their names in the error: `--` for options.
  /// - Throws: `UserError`.
  public func checkUse(in suite: Suite, prefix: String = "") throws {
    let recorded = suite.images.contains { $0.perturbation is RecordedCorruption }
    guard corruptionFolder == nil || recorded else {
      throw UserError(
        "\(prefix)corruption-folder holds nothing that the suite \(suite.name) shows: leave it out, "
          + "or name the other folder")
    }
    let hasFrost = suite.images.contains { ($0.perturbation as? Corruption)?.kind == .frost }
    guard frost == nil || hasFrost else {
      throw UserError(
        "\(prefix)frost does not concern the suite \(suite.name), or its photographs are too small: "
          + "leave it out, or take photographs of at least 160 x 160 pixels")
    }
  }

  /// Which of a suite's images are official ones, in sentences.
  public func notes(_ suite: Suite) -> [String] {
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
