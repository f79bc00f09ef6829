import TopoFoundation
import TopoNetworks

/// What to measure, and how long.
public struct BenchmarkConfiguration: Sendable {
  /// A part of the benchmark.
  public enum Part: String, Sendable, CaseIterable {
    /// Each operation alone.
    case operations
    /// Training steps.
    case training
    /// Inference.
    case inference
    /// Steps of an attack on images.
    case attack
    /// Corruptions of images beside a forward pass.
    case corruptions
    /// Copies with damaged weights of the sheet.
    case weights
    /// Networks under the paper's noises.
    case noise
    /// Where a training step's time goes.
    case profile
  }

  /// Parts to measure.
  public var parts: Set<Part> = [.operations, .training, .inference]
  /// Names of the networks: `Architecture.presets`.
  public var architectures = Architecture.presets
  /// Conditions of the training steps.
  public var conditions = TrainingCondition.all
  /// Sizes of the populations.
  public var members = [1, 8]
  /// Images per member and training step.
  public var batch = 64
  /// Images per member and step of inference.
  public var inferenceBatch = 256
  /// Seconds for each training step and inference, about; operations take a fifth of it.
  public var seconds = 1.0

  /// Operations, training steps and inference of both of the paper's networks, for about a second
  /// each.
  public init() {}

  /// Checks that the numbers make sense.
  /// - Throws: `UserError`.
  public func validate() throws {
    guard !parts.isEmpty, !architectures.isEmpty, !conditions.isEmpty, !members.isEmpty else {
      throw UserError("there is nothing to measure: name at least one of each kind")
    }
    if let unknown = architectures.first(where: { !Architecture.presets.contains($0) }) {
      throw UserError(
        "there is no architecture \(unknown): choose of "
          + Architecture.presets.joined(separator: ", "))
    }
    if let wrong = members.first(where: { !(1...4096).contains($0) }) {
      throw UserError("a population of \(wrong) is not possible: choose 1 to 4096 members")
    }
    for (option, images) in [("--batch", batch), ("--inference-batch", inferenceBatch)]
    where !(1...65_536).contains(images) {
      throw UserError("a batch has 1 to 65536 images: choose another with \(option)")
    }
    guard seconds.isFinite, seconds > 0, seconds <= 3600 else {
      throw UserError("\(seconds) seconds make no sense: choose a number up to 3600")
    }
  }

  /// The networks, with the paper's images and sheet.
  func networks() throws -> [Architecture] {
    try architectures.map { name in
      try name == "mnist" ? Architecture.mnist() : Architecture.cifar10()
    }
  }
}
