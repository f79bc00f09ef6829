import TopoCompute
import TopoData
import TopoEvaluation
import TopoFoundation
import TopoNetworks
import TopoPerturbations
import TopoTraining

/// Training of a population of one condition on random images.
public final class TrainingWorkload {
  /// The architecture.
  public let network: Architecture
  /// Number of members.
  public let members: Int
  /// Images per member and step.
  public let batch: Int
  private let trainer: Trainer

  /// Prepares the population and about two thousand images in device memory.
  /// - Parameter batch: images per member and step.
  /// - Throws: `DeviceError` and what a `Trainer` throws.
  public init(
    _ network: Architecture, condition: TrainingCondition, members: Int, batch: Int,
    device: any Device
  ) throws {
    self.network = network
    self.members = members
    self.batch = batch
    var configuration = TrainingConfiguration(
      architecture: network, dataset: "made up", batch: batch, epochs: 1)
    configuration.trainingFraction = 1
    let images = ImageSet(madeUp: max(2048 / batch, 1) * batch, for: network)
    trainer = try Trainer(
      configuration: configuration,
      members: (0..<members).map { Member(condition: condition.penalty, seed: UInt64($0)) },
      training: images, normalization: .init(of: images), device: device)
  }

  /// The operations of a step, in order.
  public var operations: [any Operation] { trainer.stepOperations }

  /// Runs a number of steps and waits for them.
  /// - Throws: `DeviceError`.
  public func run(_ steps: Int) throws { try trainer.trainSteps(steps) }

  /// The current networks.
  /// - Throws: `DeviceError`.
  func networks() throws -> [StateDictionary] { try trainer.networks() }
}

/// Inference of a population on random images, as in evaluations.
public final class InferenceWorkload {
  private let evaluator: Evaluator
  private let images: [Float]
  private let normalization: Normalization
  private let batch: Int

  /// Prepares the population and a batch of images.
  /// - Throws: `DeviceError`.
  public init(
    _ network: Architecture, members: Int, batch: Int, device: any Device
  ) throws {
    let set = ImageSet(madeUp: batch, for: network)
    self.batch = batch
    normalization = Normalization(of: set)
    images = set.images.map { Float($0) / 255 }
    evaluator = try Evaluator(
      networks: (0..<members).map {
        Initialization.pytorchDefault(network, seed: UInt64($0))
      }, batch: batch, device: device)
  }

  /// Runs a number of batches through every member and reads the outputs.
  /// - Throws: `DeviceError`.
  public func run(_ steps: Int) throws {
    for _ in 0..<steps { _ = try evaluator.outputs(of: images, normalization: normalization) }
  }
}

extension ImageSet {
  /// Random images with labels, always the same.
  init(madeUp count: Int, for network: Architecture) {
    let source = Philox(seed: 0, purpose: .test, stream: 0)
    let size = network.input.count
    // A short random sequence is repeated, which is fast; its length is prime, so that images
    // differ.
    let bytes = (0..<16_381).map { UInt8(truncatingIfNeeded: source.words(at: UInt64($0))[0]) }
    self.init(
      images: (0..<count * size).map { bytes[$0 % bytes.count] },
      labels: (0..<count).map { Int32($0 * 7 % network.classes) }, shape: network.input,
      classes: network.classes)
  }
}
