import Foundation
import TopoData
import TopoFoundation
import TopoNetworks
import TopoSheets

/// A trained network and what it is called in records.
public struct EvaluatedModel: Sendable {
  /// What it is called in results.
  public var identity: NetworkIdentity
  /// Name of the data that it was trained on, where it is known.
  public var trainedOn: String?
  /// What its training did to images first; nil where that is not known, and the evaluation's
  /// normalisation holds.
  public var normalization: Normalization?
  /// Names of the classes, in the order of its logits; empty where they are not known.
  public var classNames: [String] = []
  /// Its parameters.
  public var network: StateDictionary
  /// What wrappers of PyTorch had put before its tensors' names and was taken off: `module.`
  public var wrapper: String?

  /// The condition's label.
  public var condition: String { identity.condition }
  /// Kind of penalty: `control`, `ws`, `as`; or `unknown`.
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

  /// Reads a model, ours or one that PyTorch wrote. A model without our metadata is called by its
  /// folder `<condition>/seed-<n>`, or by its file's name: `control_seed0.safetensors` is seed 0 of
  /// the condition `control`.
  /// - Parameter images: extents of the images it is for, which PyTorch's files do not say.
  /// - Throws: `UserError`.
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
          + "but the network reads \(architecture.input.channels); train it again, or take the "
          + "metadata out")
    }
  }

  /// What a file without our metadata is called: by its folder `<condition>/seed-<n>`, else by its
  /// own name.
  static func names(_ url: URL) -> (condition: String, seed: UInt64) {
    let folders = url.standardizedFileURL.deletingLastPathComponent().pathComponents
    if let last = folders.last, last.hasPrefix("seed-"), let seed = UInt64(last.dropFirst(5)),
      folders.count > 1
    {
      return (folders[folders.count - 2], seed)
    }
    return names(of: url.deletingPathExtension().lastPathComponent)
  }

  /// Condition and seed of a file's name without its ending: the number that it ends with is the
  /// seed where `seed`, `_` or `-` stands before it: `control_seed0`, `ws-0.5-seed-3`, `as_1`. What
  /// stands before that is the condition. Any other name is a condition of seed 0: `ws-0.5`.
  private static func names(of name: String) -> (condition: String, seed: UInt64) {
    let separators: Set<Character> = ["_", "-", ".", " "]
    let digits = String(name.reversed().prefix { $0.isASCII && $0.isNumber }.reversed())
    guard let seed = UInt64(digits) else { return (name, 0) }
    var condition = name.dropLast(digits.count)
    // A point before the digits makes them decimals.
    if let last = condition.last, last != ".", separators.contains(last) {
      condition = condition.dropLast()
    } else if !condition.lowercased().hasSuffix("seed") {
      return (name, 0)
    }
    if condition.lowercased().hasSuffix("seed") { condition = condition.dropLast(4) }
    while let last = condition.last, separators.contains(last) { condition = condition.dropLast() }
    return condition.isEmpty ? (name, seed) : (String(condition), seed)
  }

  /// A record about this model.
  public func record(
    dataset: String, measure: String, perturbation: String = Record.clean, severity: Double = 0,
    draw: Int = 0, value: MeasuredValue
  ) -> Record {
    Record(
      dataset: dataset, network: identity, measure: measure, perturbation: perturbation,
      severity: severity, draw: draw, value: value)
  }
}
