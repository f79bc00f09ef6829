import Foundation
import TopoCompute
import TopoData
import TopoNetworks
import TopoPerturbations

/// Networks measured on images: clean, and under each perturbation, severity and draw.
///
/// An image is perturbed once and shown to all networks. Beside an accelerator, the next task's
/// images are made and the last one's outputs measured while it computes; no more than two sets of
/// images exist at a time.
public struct ImageEvaluation: Evaluation {
  public let tasks: [ImageTask]
  let context: EvaluationContext
  let device: any Device
  /// Networks of one architecture that are on the device at a time, at most.
  var pack = 16
  /// Whether images are made and outputs measured while the device computes; by default if the
  /// device is not the CPU that does so.
  var overlaps: Bool?

  /// Called for each task and pack with the images in [0, 1], dense `[image, channel, row, column]`,
  /// the outputs of the pack, and the indices of its models.
  public var inspect: ((ImageTask, [Float], Evaluator.Outputs, _ models: [Int]) throws -> Void)?

  /// Clean images, then those under perturbations.
  public init(
    _ sweeps: [PerturbationSweep], in context: EvaluationContext, on device: any Device
  ) {
    (self.context, self.device) = (context, device)
    tasks =
      [.clean]
      + sweeps.flatMap { sweep in
        sweep.severities.flatMap { severity in
          (0..<sweep.draws).map {
            ImageTask(
              perturbation: sweep.perturbation, severity: severity, draw: $0, seed: sweep.seed)
          }
        }
      }
  }

  public func cost(of task: ImageTask) -> Double { Double(context.images.count) }

  public func measure(
    _ pending: [Int], progress: (_ share: Double) -> Void = { _ in },
    finished: (_ task: Int, TaskResult) throws -> Void
  ) throws {
    let (models, context) = (context.models, context)
    guard !models.isEmpty, !pending.isEmpty else { return }
    let packs = try packs()
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
    let overlaps = isOverlapping
    let isNormalizedOnce = Set(models.indices.map(context.normalization)).count == 1
    func make(_ index: Int) -> Future<[Float]>? {
      guard index < pending.count else { return nil }
      let task = tasks[pending[index]]
      return Future(onItsOwnThread: overlaps) { try context.images(of: task) }
    }
    var gathered = [TaskResult?](repeating: nil, count: models.count)
    var behind: (pack: [Int], task: Int?, results: Future<[TaskResult]>)?
    func gather() throws {
      guard let (pack, task, results) = behind else { return }
      behind = nil
      for (model, result) in zip(pack, try results.take()) { gathered[model] = result }
      guard let task else { return }
      let all = gathered.compactMap { $0 }
      try finished(
        task,
        TaskResult(records: all.flatMap(\.records), confusion: all.flatMap(\.confusion)))
    }
    var next = make(0)
    for (index, place) in pending.enumerated() {
      guard var shown = try next?.take() else { break }
      let task = tasks[place]
      // Made while the device computes; without overlap, when it is taken.
      next = make(index + 1)
      let original = inspect == nil && isNormalizedOnce ? [] : shown
      var current: Normalization?
      for (index, pack) in packs.enumerated() {
        let architecture = models[pack[0]].network.architecture
        guard let evaluator = evaluators[architecture] else { continue }
        let normalization = context.normalization(of: pack[0])
        if current != normalization {
          if current != nil { shown = original }
          let shape = context.images.shape
          normalization.apply(to: &shown, pixels: shape.rows * shape.columns)
          current = normalization
        }
        if held.updateValue(pack, forKey: architecture) != pack {
          try evaluator.replace(with: pack.map { models[$0].network })
        }
        let outputs = try evaluator.outputs(ofNormalized: shown)
        try inspect?(task, original, outputs, pack)
        // One pack's outputs are measured at a time: those of a sheet take room.
        try gather()
        behind = (
          pack, index == packs.count - 1 ? place : nil,
          Future(onItsOwnThread: overlaps) { try context.results(of: task, outputs, pack) }
        )
        if !overlaps { try gather() }
      }
    }
    try gather()
  }

  /// Two sets of images may take an eighth of the host's memory.
  private var isOverlapping: Bool {
    let bytes = UInt64(2 * context.images.images.count * MemoryLayout<Float>.size)
    return overlaps
      ?? (device.information.isAccelerator && bytes < ProcessInfo.processInfo.physicalMemory / 8)
  }

  /// Indices of models of one architecture, as many together as `pack` and memory allow.
  /// - Throws: `DeviceError` if one network alone needs more memory than there is.
  private func packs() throws -> [[Int]] {
    try context.packs(on: device).plan(
      atMost: pack,
      task: { "showing a network of \($0.name) \(Evaluator.batch) images at a time" }
    ) { architecture, capacity in
      try Evaluator.memoryUse(architecture: architecture, capacity: capacity, device: device)
    }
  }
}
