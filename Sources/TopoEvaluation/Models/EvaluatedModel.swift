import Foundation
import TopoData
import TopoFoundation
import TopoNetworks
import TopoSheets

/// A trained network with the identity that records have of it.
///
/// ```swift
/// let model = try EvaluatedModel(contentsOf: url, images: dataset.test.shape)
/// let context = try EvaluationContext(
///   models: [model], images: dataset.test, dataset: dataset.name,
///   normalization: dataset.normalization)
/// ```
public struct EvaluatedModel: Sendable {
  /// The identity of the network in records: condition, seed, architecture and so on.
  public var identity: NetworkIdentity
  /// Name of the data set that it was trained on; nil if unknown.
  public var trainedOn: String?
  /// Normalization of the images in its training; nil if unknown, when that of the evaluation is
  /// used.
  public var normalization: Normalization?
  /// Names of the classes, in the order of the logits; empty if unknown.
  public var classNames: [String] = []
  /// The parameters of the network.
  public var network: StateDictionary
  /// The prefix of tensor names that a wrapper of PyTorch added and that was removed: `module.`
  public var wrapper: String?

  /// The label of the condition.
  public var condition: String { identity.condition }
  /// The kind of penalty: `control`, `ws`, `as` or `unknown`.
  public var penalty: String { identity.penalty }
  /// Seed of the member.
  public var seed: UInt64 { identity.seed }

  /// A member of a population.
  public init(
    penalty: Penalty, seed: UInt64, epoch: Int = 0, trainedOn: String?,
    normalization: Normalization? = nil, network: StateDictionary
  ) {
    identity = NetworkIdentity(
      penalty, seed: seed, architecture: network.architecture, epoch: epoch)
    self.trainedOn = trainedOn
    self.normalization = normalization
    self.network = network
  }

  /// Reads a model that this program or PyTorch wrote. If its metadata has no condition and seed,
  /// they come from its folder `<condition>/seed-<n>`, or otherwise from its file name:
  /// `control_seed0.safetensors` is seed 0 of the condition `control`.
  /// - Parameter images: shape of the images that it is for, which files of PyTorch do not have.
  /// - Throws: `UserError` if the file cannot be read or does not fit the images.
  public init(contentsOf url: URL, images: ImageShape) throws {
    let file = try SafetensorsFile(contentsOf: url)
    let architecture = try Architecture.read(from: file, imageShape: images)
    (network, wrapper) = try StateDictionary.load(from: file, for: architecture)
    let metadata = try ModelMetadata(file.metadata, of: url)
    let epoch = metadata.epochs ?? 0
    if let penalty = metadata.penalty, let seed = metadata.seed {
      identity = NetworkIdentity(penalty, seed: seed, architecture: architecture, epoch: epoch)
    } else {
      let (condition, seed) = Self.names(url)
      identity = NetworkIdentity(
        named: condition, seed: seed, architecture: architecture, epoch: epoch)
    }
    trainedOn = metadata.data
    classNames = metadata.classNames ?? []
    normalization = metadata.normalization
    if let normalization, normalization.mean.count != architecture.input.channels {
      throw UserError(
        url,
        "has metadata \(ModelMetadata.normalizationKey) of "
          + "\(normalization.mean.count.counted("channel")), "
          + "but the network reads \(architecture.input.channels); train it again, or remove the "
          + "metadata")
    }
  }

  /// Condition and seed of a file without such metadata: from its folder `<condition>/seed-<n>`, or
  /// otherwise from its file name.
  static func names(_ url: URL) -> (condition: String, seed: UInt64) {
    let folders = url.standardizedFileURL.deletingLastPathComponent().pathComponents
    if let last = folders.last, last.hasPrefix("seed-"), let seed = UInt64(last.dropFirst(5)),
      folders.count > 1
    {
      return (folders[folders.count - 2], seed)
    }
    return names(of: url.deletingPathExtension().lastPathComponent)
  }

  /// Condition and seed of a file name without extension. A trailing number preceded by `seed`, `_`
  /// or `-` is the seed, and the rest is the condition: `control_seed0`, `ws-0.5-seed-3`, `as_1`.
  /// Any other name is a condition of seed 0: `ws-0.5`.
  private static func names(of name: String) -> (condition: String, seed: UInt64) {
    let separators: Set<Character> = ["_", "-", ".", " "]
    let digits = String(name.reversed().prefix { $0.isASCII && $0.isNumber }.reversed())
    guard let seed = UInt64(digits) else { return (name, 0) }
    var condition = name.dropLast(digits.count)
    // Digits after a point are decimals of a number rather than a seed.
    if let last = condition.last, last != ".", separators.contains(last) {
      condition = condition.dropLast()
    } else if !condition.lowercased().hasSuffix("seed") {
      return (name, 0)
    }
    if condition.lowercased().hasSuffix("seed") { condition = condition.dropLast(4) }
    while let last = condition.last, separators.contains(last) { condition = condition.dropLast() }
    return condition.isEmpty ? (name, seed) : (String(condition), seed)
  }

  /// A record of this model.
  public func record(
    dataset: String, measure: String, perturbation: String = Record.clean, severity: Double = 0,
    draw: Int = 0, value: MeasuredValue
  ) -> Record {
    Record(
      dataset: dataset, network: identity, measure: measure, perturbation: perturbation,
      severity: severity, draw: draw, value: value)
  }
}
