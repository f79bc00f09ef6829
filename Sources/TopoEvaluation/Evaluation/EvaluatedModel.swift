import Foundation
import TopoCompute
import TopoNetworks
import TopoSheets

/// A trained network and what it is called in records.
public struct EvaluatedModel: Sendable {
  /// The condition's label.
  public var condition: String
  /// Kind of penalty: `control`, `ws`, `as`; or `unknown` for networks trained elsewhere.
  public var penalty: String
  /// Metric of the penalty, where it is known.
  public var metric: String?
  /// Strength of the penalty, where it is known.
  public var lambda: Double?
  /// Seed of the member.
  public var seed: UInt64
  /// Name of the data that it was trained on, where it is known.
  public var trainedOn: String?
  /// Its parameters.
  public var network: StateDictionary
  /// What wrappers of PyTorch had put before its tensors' names and was taken off: `module.`
  public var wrapper: String?

  /// A member of a population.
  public init(penalty: Penalty, seed: UInt64, trainedOn: String?, network: StateDictionary) {
    let none = penalty.kind == .control
    condition = penalty.label
    self.penalty = penalty.kind.rawValue
    metric = none ? nil : penalty.metric.rawValue
    lambda = none ? nil : penalty.lambda
    self.seed = seed
    self.trainedOn = trainedOn
    self.network = network
  }

  private static let conditionKey = "toposheet.condition"
  private static let seedKey = "toposheet.seed"
  private static let dataKey = "toposheet.data"

  /// The metadata by which a saved model is known again.
  public static func metadata(
    penalty: Penalty, seed: UInt64, data: String
  ) throws -> [String: String] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    return [
      conditionKey: String(decoding: try encoder.encode(penalty), as: UTF8.self),
      seedKey: "\(seed)", dataKey: data,
    ]
  }

  /// Reads a model, ours or one that PyTorch wrote. A model without our metadata is called by its
  /// folder `<condition>/seed-<n>`, or by its file's name: `control_seed0.safetensors` is seed 0 of
  /// the condition `control`.
  /// - Parameter images: extents of the images it is for, which PyTorch's files do not say.
  /// - Throws: `FileError`, `ArchitectureError`.
  public init(contentsOf url: URL, images: ImageShape) throws {
    let file = try SafetensorsFile(contentsOf: url)
    let architecture = try Architecture.read(from: file, imageShape: images)
    let (network, wrapper) = try StateDictionary.load(from: file, for: architecture)
    let metadata = file.metadata
    if let text = metadata[Self.conditionKey],
      let penalty = try? JSONDecoder().decode(Penalty.self, from: Data(text.utf8)),
      let seed = metadata[Self.seedKey].flatMap(UInt64.init)
    {
      self.init(
        penalty: penalty, seed: seed, trainedOn: metadata[Self.dataKey], network: network)
      self.wrapper = wrapper
      return
    }
    let (condition, seed) = Self.names(url)
    self.init(condition: condition, seed: seed, network: network)
    self.wrapper = wrapper
  }

  /// A network trained elsewhere.
  private init(condition: String, seed: UInt64, network: StateDictionary) {
    self.condition = condition
    self.seed = seed
    penalty = "unknown"
    self.network = network
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
    repeat: Int = 0, value: MeasuredValue
  ) -> Record {
    Record(
      dataset: dataset, condition: condition, penalty: penalty, metric: metric, lambda: lambda,
      seed: seed, measure: measure, perturbation: perturbation, severity: severity,
      repeat: `repeat`, value: value)
  }
}
