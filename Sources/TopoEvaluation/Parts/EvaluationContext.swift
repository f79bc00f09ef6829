import TopoCompute
import TopoData
import TopoFoundation

/// The networks and images that all parts of a suite are evaluated on.
///
/// ```swift
/// let context = try EvaluationContext(
///   models: models, images: dataset.test, dataset: dataset.name,
///   normalization: dataset.normalization)
/// ```
public struct EvaluationContext: Sendable {
  /// The networks. Those of one architecture are evaluated together.
  public private(set) var models: [EvaluatedModel]
  /// The images.
  public let images: ImageSet
  /// Name of the data in records.
  public let dataset: String
  /// Normalization of the images for networks whose files do not record that of their training.
  public let normalization: Normalization
  /// Bytes of device memory that may be allocated; nil for the safe share of the device.
  public var memoryLimit: Int?

  /// A context of networks and images whose shapes agree.
  /// - Throws: `UserError` if a network does not fit the images or their classes.
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

  /// The same networks with the first `count` images of the set.
  /// - Throws: `UserError` if the set has fewer.
  func first(_ count: Int) throws -> EvaluationContext {
    try EvaluationContext(
      models: models, images: try images.subset(count), dataset: dataset,
      normalization: normalization, memoryLimit: memoryLimit)
  }

  /// Some of the networks with the same images.
  /// - Parameter networks: their indices.
  func restricted(to networks: [Int]) -> EvaluationContext {
    var context = self
    context.models = networks.map { models[$0] }
    return context
  }

  /// What distinguishes the networks of which seeds are compared, one text per network: the
  /// condition, and architecture, sheet and epochs too if a condition has several of them.
  var groups: [String] {
    let details = models.map { model in
      let network = model.identity
      return "\(network.architecture) \(network.sheet), epoch \(network.epoch)"
    }
    let kinds = Dictionary(grouping: models.indices) { models[$0].condition }.mapValues {
      Set($0.map { details[$0] }).count
    }
    return models.indices.map { index in
      let condition = models[index].condition
      return kinds[condition] == 1 ? condition : "\(condition) (\(details[index]))"
    }
  }

  /// The normalization of the images of a network.
  /// - Parameter model: index of the network.
  func normalization(of model: Int) -> Normalization {
    models[model].normalization ?? normalization
  }

  /// The networks divided into packs for a device.
  func packs(on device: any Device) -> ModelPacks {
    ModelPacks(models, fallback: normalization, device: device, memoryLimit: memoryLimit)
  }
}
