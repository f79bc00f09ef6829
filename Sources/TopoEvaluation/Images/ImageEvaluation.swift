import Foundation
import TopoCompute
import TopoData
import TopoNetworks
import TopoPerturbations

/// Evaluates networks on clean images and on images under each perturbation, severity and draw.
///
/// An image is perturbed once for all networks. While an accelerator computes, the CPU perturbs the
/// images of the next task and measures the outputs of the last one; at most two sets of images
/// exist at a time.
public struct ImageEvaluation: Evaluation {
  public let tasks: [ImageTask]
  private(set) var context: EvaluationContext
  let device: any Device
  /// Largest number of networks of one architecture on the device.
  var pack = 16
  /// Whether the CPU perturbs images and measures outputs while the device computes; by default
  /// only if the device is an accelerator.
  var overlaps: Bool?

  /// Called for each task and pack with the images (values in [0, 1], dense
  /// `[image, channel, row, column]`), the outputs of the pack, and the indices of its models.
  public var inspect: ((ImageTask, [Float], Evaluator.Outputs, _ models: [Int]) throws -> Void)?

  /// An evaluation of clean images, then of images under perturbations.
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

  public func restricted(to networks: [Int]) -> ImageEvaluation {
    var evaluation = self
    evaluation.context = context.restricted(to: networks)
    return evaluation
  }

  public func cost(of task: ImageTask) -> Double { Double(context.images.count) }

  public func checkMemory() throws { _ = try packs() }

  public func measure(
    _ pending: [Int], progress: (_ share: Double) -> Void = { _ in },
    finished: (_ task: Int, TaskResult) throws -> Void
  ) throws {
    let (models, context) = (context.models, context)
    guard !models.isEmpty, !pending.isEmpty else { return }
    let packs = try packs()
    // One evaluator for each architecture: its packs follow each other in the same memory.
    let evaluators = try Dictionary(
      grouping: packs, by: { models[$0[0]].network.architecture }
    ).mapValues { packs in
      try Evaluator(
        architecture: models[packs[0][0]].network.architecture,
        capacity: packs.map(\.count).max() ?? 1, device: device)
    }
    // The pack that each evaluator has now.
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
    for (index, taskIndex) in pending.enumerated() {
      guard var values = try next?.take() else { break }
      let task = tasks[taskIndex]
      // Computed while the device computes; without overlap, when it is taken.
      next = make(index + 1)
      let original = inspect == nil && isNormalizedOnce ? [] : values
      var current: Normalization?
      for (index, pack) in packs.enumerated() {
        let architecture = models[pack[0]].network.architecture
        guard let evaluator = evaluators[architecture] else { continue }
        let normalization = context.normalization(of: pack[0])
        if current != normalization {
          if current != nil { values = original }
          let shape = context.images.shape
          normalization.apply(to: &values, pixels: shape.rows * shape.columns)
          current = normalization
        }
        if held.updateValue(pack, forKey: architecture) != pack {
          try evaluator.replace(with: pack.map { models[$0].network })
        }
        let outputs = try evaluator.outputs(ofNormalized: values)
        try inspect?(task, original, outputs, pack)
        // Only one pack's outputs exist beside the current ones: those of a sheet are large.
        try gather()
        behind = (
          pack, index == packs.count - 1 ? taskIndex : nil,
          Future(onItsOwnThread: overlaps) { try context.results(of: task, outputs, pack) }
        )
        if !overlaps { try gather() }
      }
    }
    try gather()
  }

  /// Whether there is room for overlap: two sets of images may take an eighth of host memory.
  private var isOverlapping: Bool {
    let bytes = UInt64(2 * context.images.images.count * MemoryLayout<Float>.size)
    return overlaps
      ?? (device.information.isAccelerator && bytes < ProcessInfo.processInfo.physicalMemory / 8)
  }

  /// Indices of the models of each pack: of one architecture, as many as `pack` and memory allow.
  /// - Throws: `DeviceError` if the device has too little memory for one network.
  private func packs() throws -> [[Int]] {
    try context.packs(on: device).plan(
      atMost: pack,
      task: { "evaluating a network of \($0.name) on \(Evaluator.batch) images at a time" }
    ) { architecture, capacity in
      try Evaluator.memoryUse(architecture: architecture, capacity: capacity, device: device)
    }
  }
}
