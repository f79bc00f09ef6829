import TopoCompute
import TopoFoundation
import TopoNetworks

/// The settings that all members of a population share in training. The defaults are the paper's.
public struct TrainingConfiguration: Sendable, Hashable, Codable {
  /// The networks.
  public var architecture: Architecture
  /// Name of the data, for records.
  public var dataset: String
  /// Images per member and step.
  public var batch: Int
  /// Passes over the training images.
  public var epochs: Int
  /// Optimizer.
  public var rule: OptimizerRule
  /// Learning rate of every member.
  public var learningRate: Float
  /// Fraction of the training files' images that a member trains on; the others are for validation.
  public var trainingFraction: Double

  /// A protocol for training.
  public init(
    architecture: Architecture, dataset: String, batch: Int = 64, epochs: Int,
    rule: OptimizerRule = .adam(), learningRate: Float = 1e-3, trainingFraction: Double = 0.8
  ) {
    self.architecture = architecture
    self.dataset = dataset
    self.batch = batch
    self.epochs = epochs
    self.rule = rule
    self.learningRate = learningRate
    self.trainingFraction = trainingFraction
  }

  /// Checks that the numbers make sense.
  /// - Throws: `UserError`.
  public func validate() throws {
    guard (1...65536).contains(batch) else {
      throw UserError("the batch is \(batch) images; choose 1 to 65536")
    }
    guard (1...1_000_000).contains(epochs) else {
      throw UserError("training for \(epochs) epochs is not possible; choose 1 or more")
    }
    guard learningRate.isFinite, learningRate > 0 else {
      throw UserError("the learning rate is \(learningRate); choose a positive number")
    }
    guard trainingFraction > 0, trainingFraction <= 1 else {
      throw UserError(
        "the training fraction is \(trainingFraction); choose a number above 0 and at most 1")
    }
  }
}
