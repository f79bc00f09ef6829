import Dispatch
import Foundation
import TopoCompute
import TopoData
import TopoFoundation
import TopoNetworks
import TopoSheets

extension Evaluation {
  /// What one network answered under one condition.
  public struct Measured: Sendable {
    /// All measures.
    public var records: [Record]
    /// Right and wrong answers by class.
    public var classification: ClassificationMeasures
  }

  /// What all networks answered under one condition.
  public struct Result: Sendable {
    /// How the images were shown.
    public var condition: Condition
    /// By model.
    public var models: [Measured]
  }

  /// Shows the images under some conditions, one after the other, and measures the answers.
  ///
  /// Beside an accelerator, the next condition's images are made and the last one's answers
  /// measured while it computes; no more than two sets of images exist at a time.
  /// - Parameters:
  ///   - models: the networks; those of one architecture are evaluated together.
  ///   - conditions: how to show the images, in this order.
  ///   - inspect: called with the images in [0, 1], the answers of each pack, and the indices of
  ///     its models.
  ///   - finished: called with what each condition gave, in order.
  /// - Throws: `DeviceError`, also when a network alone needs more memory than there is;
  ///   `UserError` for a network that does not fit the images; what a perturbation throws,
  ///   and what the functions do.
  public func measure(
    _ models: [EvaluatedModel], under conditions: [Condition], device: any Device,
    inspect: ((Condition, [Float], Evaluator.Outputs, _ models: [Int]) throws -> Void)? = nil,
    finished: (Result) throws -> Void
  ) throws {
    for model in models {
      try model.network.architecture.requireFit(
        images: images.shape, classes: images.classes, of: dataset)
    }
    guard !models.isEmpty else { return }
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
    let overlaps = overlapsHere(device)
    let isNormalizedOnce = Set(models.map { $0.normalization ?? normalization }).count == 1
    func make(_ index: Int) -> Ahead<[Float]>? {
      guard index < conditions.count else { return nil }
      return Ahead(onItsOwnThread: overlaps) { try self.degraded(conditions[index]) }
    }
    var gathered = [Measured?](repeating: nil, count: models.count)
    var behind: (part: Part, measured: Ahead<[Measured]>)?
    func gather() throws {
      guard let (part, measured) = behind else { return }
      behind = nil
      for (index, value) in zip(part.pack, try measured.take()) { gathered[index] = value }
      guard part.isLast else { return }
      try finished(Result(condition: part.condition, models: gathered.compactMap { $0 }))
    }
    var next = make(0)
    for (index, condition) in conditions.enumerated() {
      guard var shown = try next?.take() else { break }
      // While the device computes; or else when it is taken.
      next = make(index + 1)
      let original = inspect == nil && isNormalizedOnce ? [] : shown
      var current: Normalization?
      for (place, pack) in packs.enumerated() {
        let architecture = models[pack[0]].network.architecture
        guard let evaluator = evaluators[architecture] else { continue }
        let own = models[pack[0]].normalization ?? normalization
        if current != own {
          if current != nil { shown = original }
          own.apply(to: &shown, pixels: images.shape.rows * images.shape.columns)
          current = own
        }
        if held.updateValue(pack, forKey: architecture) != pack {
          try evaluator.replace(with: pack.map { models[$0].network })
        }
        let outputs = try evaluator.outputs(ofNormalized: shown)
        try inspect?(condition, original, outputs, pack)
        // One pack's answers are measured at a time: a sheet's answers take room.
        try gather()
        let part = Part(condition: condition, pack: pack, isLast: place == packs.count - 1)
        behind = (
          part, Ahead(onItsOwnThread: overlaps) { self.measured(outputs, of: part, models) }
        )
        if !overlaps { try gather() }
      }
    }
    try gather()
  }

  /// Two sets of images may take an eighth of the computer's memory.
  private func overlapsHere(_ device: any Device) -> Bool {
    let bytes = UInt64(2 * images.images.count * MemoryLayout<Float>.size)
    return overlaps
      ?? (device.information.isAccelerator && bytes < ProcessInfo.processInfo.physicalMemory / 8)
  }

  /// What a pack answers under a condition.
  private struct Part: Sendable {
    var condition: Condition
    var pack: [Int]
    /// Whether it is the condition's last one.
    var isLast: Bool
  }

  /// Measures the answers of a pack, in its order.
  private func measured(
    _ outputs: Evaluator.Outputs, of part: Part, _ models: [EvaluatedModel]
  ) -> [Measured] {
    let moran = MoransI(sheet: models[part.pack[0]].network.architecture.sheet)
    let slots = Slots<Measured>(part.pack.count)
    DispatchQueue.concurrentPerform(iterations: part.pack.count) { member in
      let model = models[part.pack[member]]
      let classification = ClassificationMeasures(
        logits: outputs.logits[member], classes: outputs.classes, labels: images.labels)
      let maps = moran.average(of: outputs.sheet[member])
      var named = classification.named + maps.named
      if part.condition.perturbation == nil {
        named += vitality(of: model, sheet: outputs.sheet[member])
      }
      slots[member] = Measured(
        records: named.map { measure, value in
          model.record(
            dataset: dataset, measure: measure, perturbation: part.condition.label,
            severity: part.condition.severity, repeat: part.condition.draw, value: value)
        }, classification: classification)
    }
    return slots.all
  }
}

extension Evaluation {
  /// From the images as they are: what a network's state follows from.
  private func vitality(
    of model: EvaluatedModel, sheet: [Float]
  ) -> [(measure: String, value: MeasuredValue)] {
    var activity = SheetActivity(model.network.architecture)
    activity.add(sheet[...])
    var counts = [Int](repeating: 0, count: images.classes)
    for label in images.labels { counts[Int(label)] += 1 }
    let bound = NetworkState.chanceBound(counts)
    return (activity.summary?.named ?? []) + [
      (
        MeasureName.chanceBound,
        bound.map { .value($0) }
          ?? .undefined("fewer than \(NetworkState.fewestImages) images say nothing about chance")
      )
    ]
  }
}

/// A value that is made before it is needed: on a thread of its own, or at once.
private final class Ahead<Value: Sendable>: @unchecked Sendable {
  private let group = DispatchGroup()
  private var result: Result<Value, any Error>?
  private var make: (@Sendable () throws -> Value)?

  /// - Parameter onItsOwnThread: else it is made by whoever takes it.
  init(onItsOwnThread: Bool, _ make: @escaping @Sendable () throws -> Value) {
    guard onItsOwnThread else {
      self.make = make
      return
    }
    DispatchQueue.global().async(group: group) { self.result = Result { try make() } }
  }

  /// The value, when it is made; this object then no longer holds it. Call it once.
  func take() throws -> Value {
    group.wait()
    let made = result ?? make.map { make in Result { try make() } }
    (result, make) = (nil, nil)
    guard let made else { preconditionFailure("a value was taken twice") }
    return try made.get()
  }
}

/// Results of parallel work, each written by one worker.
private final class Slots<Value>: @unchecked Sendable {
  private let storage: UnsafeMutablePointer<Value?>
  private let count: Int

  init(_ count: Int) {
    self.count = count
    storage = .allocate(capacity: max(count, 1))
    storage.initialize(repeating: nil, count: count)
  }

  deinit {
    storage.deinitialize(count: count)
    storage.deallocate()
  }

  subscript(index: Int) -> Value? {
    get { storage[index] }
    set { storage[index] = newValue }
  }

  var all: [Value] { (0..<count).compactMap { storage[$0] } }
}
