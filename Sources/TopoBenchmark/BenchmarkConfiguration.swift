import TopoFoundation
import TopoNetworks

/// What a benchmark measures, and for how long.
///
/// ```swift
/// var configuration = BenchmarkConfiguration()
/// configuration.parts = [.training]
/// configuration.members = [8]
/// let report = try DeviceBenchmark(configuration, device: device).run(version: "1.0")
/// ```
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
    /// Corruptions of images, compared with a forward pass.
    case corruptions
    /// Copies with perturbed weights of the sheet.
    case weights
    /// Networks under the noises of the paper.
    case noise
    /// Analyses of one network, compared with a forward pass.
    case analyses
    /// The time of each operation in a training step.
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
  /// Images of analyses.
  public var analysisImages = 10_000
  /// Approximate seconds for each workload; operations take a fifth of it.
  public var seconds = 1.0

  /// Operations, training steps and inference of both networks of the paper, for about a second
  /// each.
  public init() {}

  /// Checks all values.
  /// - Throws: `UserError` for an empty list, an unknown name, or a number out of range.
  public func validate() throws {
    guard !parts.isEmpty, !architectures.isEmpty, !conditions.isEmpty, !members.isEmpty else {
      throw UserError("there is nothing to measure: name at least one of each kind")
    }
    if let unknown = architectures.first(where: { !Architecture.presets.contains($0) }) {
      throw UserError(
        "there is no architecture \(unknown): choose from "
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
      throw UserError(
        "\(seconds) seconds make no sense: choose a number above 0 and up to 3600")
    }
  }

  /// The networks, with the images and the sheet of the paper.
  func networks() throws -> [Architecture] {
    try architectures.map { name in
      try name == "mnist" ? Architecture.mnist() : Architecture.cifar10()
    }
  }
}
