import Foundation
import TopoFoundation

/// One split of a data set: what networks are evaluated on. The files of the other split need not
/// be there.
///
/// ```swift
/// let data = try SplitImages.load("cifar10", .test)
/// ```
public struct SplitImages: Sendable {
  /// The data set's name in results.
  public let name: String
  /// Which of its images these are.
  public let split: Split
  /// The images.
  public let images: ImageSet
  private let source: DatasetSource
  private let given: String

  /// Reads a split of a data set, which is looked up as `Dataset.load` does.
  /// - Throws: `UserError`: not found, or damaged.
  public static func load(
    _ nameOrFolder: String, _ split: Split,
    environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws -> SplitImages {
    let source = try DatasetSource.find(
      nameOrFolder, needing: [split], environment: environment)
    return SplitImages(
      name: source.name, split: split, images: try source.images(of: split), source: source,
      given: nameOrFolder)
  }

  /// CRC-32 of all training images and their labels; nil if their files are not there.
  /// - Throws: `UserError` if they are damaged.
  public func trainingChecksum() throws -> UInt32? { try training()?.checksum }

  private func training() throws -> ImageSet? {
    if split == .training { return images }
    return source.files.has(.training) ? try source.images(of: .training) : nil
  }

  /// The constants of the data set: published ones, or those of its training images.
  /// - Throws: `UserError` if they are neither published nor can be computed.
  public func normalization() throws -> Normalization {
    if let known = source.known?.normalization { return known }
    guard let training = try training() else {
      throw UserError(
        "\(given): the constants that normalize its images are those of its training images, which "
          + "are not there; give them with --normalization, or add the training files")
    }
    return Normalization(of: training)
  }

  /// The constants that normalize the images for a network.
  /// - Parameters:
  ///   - own: those of the network's training, if they are known.
  ///   - network: the network's name, for errors.
  /// - Throws: `UserError` if the choice is not possible.
  public func normalization(
    _ choice: NormalizationChoice, own: Normalization?, network: String
  ) throws -> Normalization {
    try choice.constants(
      own: own, data: normalization, shape: images.shape, isTest: split == .test, of: name,
      network: network)
  }
}
