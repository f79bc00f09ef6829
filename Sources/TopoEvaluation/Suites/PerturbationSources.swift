import Foundation
import TopoData
import TopoFoundation
import TopoPerturbations

/// Folders of the user with official corrupted images, or with photographs that a corruption needs.
///
/// ```swift
/// let sources = PerturbationSources(corruptionFolder: "CIFAR-10-C", frost: "frost")
/// let catalog = try sources.catalog(for: dataset.test, isTraining: false)
/// ```
public struct PerturbationSources: Sendable, Hashable {
  /// Path of the official corrupted images (CIFAR-10-C or MNIST-C, `.npy`), which replace computed
  /// ones.
  public var corruptionFolder: String?
  /// Path of photographs of frost; without them, the corruption `frost` is left out.
  public var frost: String?

  /// Folders by path.
  public init(corruptionFolder: String? = nil, frost: String? = nil) {
    (self.corruptionFolder, self.frost) = (corruptionFolder, frost)
  }

  /// All available perturbations of images.
  /// - Parameters:
  ///   - images: the images that are to be perturbed, or all images of their set.
  ///   - isTraining: whether they are the training images of a data set.
  /// - Throws: `UserError` if a folder cannot be used.
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

  /// Refuses folders that a suite does not use.
  /// - Parameter prefix: text before the names of the folders in the error: `--` for options.
  /// - Throws: `UserError` if the suite does not use a folder.
  public func checkUse(in suite: Suite, prefix: String = "") throws {
    let recorded = suite.images.contains { $0.perturbation is RecordedCorruption }
    guard corruptionFolder == nil || recorded else {
      throw UserError(
        "\(prefix)corruption-folder has no images for the suite \(suite.name): leave it out, or "
          + "give the other folder")
    }
    let hasFrost = suite.images.contains { ($0.perturbation as? Corruption)?.kind == .frost }
    guard frost == nil || hasFrost else {
      throw UserError(
        "\(prefix)frost has no effect on the suite \(suite.name), or has too small photographs: "
          + "leave it out, or give photographs of at least 160 x 160 pixels")
    }
  }

  /// Notes for the user on the corruptions of a suite that come from official files.
  public func notes(_ suite: Suite) -> [String] {
    let sweeps = suite.images.filter { !($0.perturbation is Noise) }
    let official = sweeps.map(\.perturbation).filter { $0 is RecordedCorruption }
    guard !official.isEmpty else { return [] }
    let names = official.map(\.label).joined(separator: ", ")
    return [
      "Official files: \(official.count) of \(sweeps.count.counted("corruption")) (\(names))"
        + (official.count < sweeps.count ? "; the others are computed." : ".")
    ]
  }
}
