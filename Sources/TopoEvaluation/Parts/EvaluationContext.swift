import TopoCompute
import TopoData
import TopoFoundation

/// What all parts of a suite are evaluated on: networks, and images with their normalization.
///
/// ```swift
/// let context = try EvaluationContext(
///   models: models, images: dataset.test, dataset: dataset.name,
///   normalization: dataset.normalization)
/// ```
public struct EvaluationContext: Sendable {
  /// The networks. Those of one architecture are evaluated together.
  public let models: [EvaluatedModel]
  /// The images.
  public let images: ImageSet
  /// Name of the data in records.
  public let dataset: String
  /// Normalization of the images for networks that do not know that of their training.
  public let normalization: Normalization
  /// Bytes of the device's memory that may be taken; the device's safe share by default.
  public var memoryLimit: Int?

  /// Networks and images that fit together.
  /// - Throws: `UserError` for a network that does not fit the images.
  public init(
    models: [EvaluatedModel], images: ImageSet, dataset: String, normalization: Normalization,
    memoryLimit: Int? = nil
  ) throws {
    for model in models {
      try model.network.architecture.requireFit(
        images: images.shape, classes: images.classes, of: dataset)
    }
    (self.models, self.images, self.dataset) = (models, images, dataset)
    (self.normalization, self.memoryLimit) = (normalization, memoryLimit)
  }

  /// The same networks on the first images of the set.
  /// - Throws: `UserError` if there are fewer.
  func first(_ count: Int) throws -> EvaluationContext {
    try EvaluationContext(
      models: models, images: try images.subset(count), dataset: dataset,
      normalization: normalization, memoryLimit: memoryLimit)
  }

  /// The normalization of the images that a network gets.
  func normalization(of model: Int) -> Normalization {
    models[model].normalization ?? normalization
  }

  /// Networks sorted into packs for a device.
  func packs(on device: any Device) -> ModelPacks {
    ModelPacks(models, else: normalization, device: device, memoryLimit: memoryLimit)
  }
}
