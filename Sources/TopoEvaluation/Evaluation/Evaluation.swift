import Dispatch
import Foundation
import TopoCompute
import TopoData
import TopoNetworks
import TopoSheets

/// Measures trained networks on test images: clean, and under each noise, level and draw. An image
/// is degraded once and shown to all networks.
public struct Evaluation: Sendable {
  /// Test images.
  public var images: ImageSet
  /// Name of the data in records.
  public var dataset: String
  /// Normalisation of the images.
  public var normalization: Normalization
  /// Noises to evaluate under; none means clean only.
  public var noise: NoiseSelection
  /// Whether the images are also shown as they are.
  public var includesClean = true
  /// Networks of one architecture that are on the device at a time, at most.
  public var pack = 16
  /// Bytes of the device's memory that may be taken; the device's safe share by default.
  public var memoryLimit: Int?

  /// An evaluation on `images`.
  public init(
    images: ImageSet, dataset: String, normalization: Normalization, noise: NoiseSelection
  ) {
    self.images = images
    self.dataset = dataset
    self.normalization = normalization
    self.noise = noise
  }

  /// One way to show the images.
  public struct Condition: Sendable, Hashable {
    /// The noise; nil for clean.
    public var noise: Noise?
    /// Its level; 0 for clean.
    public var level: Double
    /// Number of the draw.
    public var draw: Int

    /// Name in records.
    public var perturbation: String { noise?.label ?? Record.clean }
  }

  /// All ways to show the images, clean first.
  public var conditions: [Condition] {
    (includesClean ? [Condition(noise: nil, level: 0, draw: 0)] : [])
      + noise.noises.flatMap { kind in
        noise.levels.flatMap { level in
          (0..<noise.draws).map { Condition(noise: kind, level: level, draw: $0) }
        }
      }
  }

  /// The images as the networks get them before normalisation: values in [0, 1], dense
  /// `[image, channel, row, column]`.
  public func degraded(_ condition: Condition, threads: Int? = nil) -> [Float] {
    guard let kind = condition.noise else {
      return images.images.map { Noise.unit[Int($0)] }
    }
    return kind.apply(
      to: images.images, shape: images.shape, level: condition.level, draw: condition.draw,
      seed: noise.seed, threads: threads)
  }

  /// Evaluates networks.
  /// - Parameters:
  ///   - models: the networks; those of one architecture are evaluated together.
  ///   - progress: called with the number of conditions done and in all.
  ///   - inspect: called with the answers of each pack, and the index of its first model.
  /// - Returns: records by model, then by condition.
  /// - Throws: `DeviceError`, also when a network alone needs more memory than there is;
  ///   `ArchitectureError` for a network that does not fit the images.
  public func run(
    _ models: [EvaluatedModel], device: any Device,
    progress: (_ done: Int, _ all: Int) -> Void = { _, _ in },
    inspect: (Condition, [Float], Evaluator.Outputs, _ models: [Int]) throws -> Void = {
      _, _, _, _ in
    }
  ) throws -> [Record] {
    for model in models {
      try model.network.architecture.requireFit(
        images: images.shape, classes: images.classes, of: dataset)
    }
    let packs = try packs(models, device: device)
    // Packs of one architecture take turns, so that the device holds one of them.
    let evaluators = try Dictionary(
      grouping: packs, by: { models[$0[0]].network.architecture }
    ).mapValues { packs in
      try Evaluator(
        architecture: models[packs[0][0]].network.architecture,
        capacity: packs.map(\.count).max() ?? 1, device: device)
    }
    // What each evaluator holds.
    var held: [Architecture: [Int]] = [:]
    let conditions = conditions
    var records = [[Record]](repeating: [], count: models.count)
    for (done, condition) in conditions.enumerated() {
      progress(done, conditions.count)
      let shown = degraded(condition)
      for pack in packs {
        let architecture = models[pack[0]].network.architecture
        guard let evaluator = evaluators[architecture] else { continue }
        if held.updateValue(pack, forKey: architecture) != pack {
          try evaluator.replace(with: pack.map { models[$0].network })
        }
        let outputs = try evaluator.outputs(of: shown, normalization: normalization)
        try inspect(condition, shown, outputs, pack)
        let measured = measure(
          outputs, condition, pack.map { models[$0] }, sheet: architecture.sheet)
        for (index, own) in zip(pack, measured) { records[index] += own }
      }
    }
    progress(conditions.count, conditions.count)
    return records.flatMap { $0 }
  }

  private func measure(
    _ outputs: Evaluator.Outputs, _ condition: Condition, _ models: [EvaluatedModel],
    sheet: Sheet
  ) -> [[Record]] {
    let moran = MoransI(sheet: sheet)
    let slots = Slots(models.count)
    DispatchQueue.concurrentPerform(iterations: models.count) { index in
      let classification = ClassificationMeasures(
        logits: outputs.logits[index], classes: outputs.classes, labels: images.labels)
      let maps = moran.average(of: outputs.sheet[index])
      slots[index] = (classification.named + maps.named).map { measure, value in
        models[index].record(
          dataset: dataset, measure: measure, perturbation: condition.perturbation,
          severity: condition.level, repeat: condition.draw, value: value)
      }
    }
    return slots.all
  }

  /// Results of parallel work, each written by one worker.
  private final class Slots: @unchecked Sendable {
    private let storage: UnsafeMutablePointer<[Record]>
    private let count: Int

    init(_ count: Int) {
      self.count = count
      storage = .allocate(capacity: max(count, 1))
      storage.initialize(repeating: [], count: count)
    }

    deinit {
      storage.deinitialize(count: count)
      storage.deallocate()
    }

    subscript(index: Int) -> [Record] {
      get { storage[index] }
      set { storage[index] = newValue }
    }

    var all: [[Record]] { (0..<count).map { storage[$0] } }
  }
}
