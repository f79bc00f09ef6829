import TopoCompute
import TopoData
import TopoPerturbations

/// Measures trained networks on test images: clean, and under each perturbation, severity and draw.
/// An image is damaged once and shown to all networks.
public struct Evaluation: Sendable {
  /// Test images.
  public var images: ImageSet
  /// Name of the data in records.
  public var dataset: String
  /// Normalisation of the images for networks that do not know that of their training.
  public var normalization: Normalization
  /// Perturbations to evaluate under; none means clean only.
  public var sweeps: [PerturbationSweep]
  /// Whether the images are also shown as they are.
  public var includesClean = true
  /// Networks of one architecture that are on the device at a time, at most.
  public var pack = 16
  /// Bytes of the device's memory that may be taken; the device's safe share by default.
  public var memoryLimit: Int?
  /// Whether images are made and answers measured while the device computes; by default where the
  /// device is not the processor that does so.
  var overlaps: Bool?

  /// An evaluation on `images` under perturbations.
  public init(
    images: ImageSet, dataset: String, normalization: Normalization, sweeps: [PerturbationSweep]
  ) {
    self.images = images
    self.dataset = dataset
    self.normalization = normalization
    self.sweeps = sweeps
  }

  /// An evaluation on `images` under noises.
  public init(
    images: ImageSet, dataset: String, normalization: Normalization, noise: NoiseSelection
  ) {
    self.init(
      images: images, dataset: dataset, normalization: normalization, sweeps: noise.sweeps)
  }

  /// One way to show the images.
  public struct Condition: Sendable {
    /// What is done to them; nil for clean.
    public var perturbation: (any ImagePerturbation)?
    /// How much of it; 0 for clean.
    public var severity: Double
    /// Number of the draw.
    public var draw: Int
    /// Seed of the draws.
    public var seed: UInt64

    /// The images as they are.
    public static let clean = Condition(perturbation: nil, severity: 0, draw: 0, seed: 0)

    /// The perturbation's name in records.
    public var label: String { perturbation?.label ?? Record.clean }
  }

  /// All ways to show the images, clean first.
  public var conditions: [Condition] {
    (includesClean ? [.clean] : [])
      + sweeps.flatMap { sweep in
        sweep.severities.flatMap { severity in
          (0..<sweep.draws).map {
            Condition(
              perturbation: sweep.perturbation, severity: severity, draw: $0, seed: sweep.seed)
          }
        }
      }
  }

  /// The images as the networks get them before normalisation: values in [0, 1], dense
  /// `[image, channel, row, column]`.
  /// - Throws: what the perturbation throws, where images come from a file.
  public func degraded(_ condition: Condition, threads: Int? = nil) throws -> [Float] {
    guard let perturbation = condition.perturbation else {
      return images.images.map { ImageSet.unitValues[Int($0)] }
    }
    let count = images.images.count
    return try [Float](unsafeUninitializedCapacity: count) { output, initialized in
      try images.images.withUnsafeBufferPointer { bytes in
        try perturbation.apply(
          to: bytes, shape: images.shape, range: 0..<images.count, severity: condition.severity,
          draw: condition.draw, seed: condition.seed, threads: threads,
          output: UnsafeMutableBufferPointer(rebasing: output[..<count]))
      }
      initialized = count
    }
  }

  /// Evaluates networks.
  /// - Parameters:
  ///   - models: the networks; those of one architecture are evaluated together.
  ///   - progress: called with the number of conditions done and in all.
  ///   - inspect: called with the images in [0, 1], the answers of each pack, and the indices of
  ///     its models.
  /// - Returns: records by model, then by condition; then the areas under accuracy of noises.
  /// - Throws: `DeviceError`, also when a network alone needs more memory than there is;
  ///   `UserError` for a network that does not fit the images; what a perturbation throws.
  public func run(
    _ models: [EvaluatedModel], device: any Device,
    progress: (_ done: Int, _ all: Int) -> Void = { _, _ in },
    inspect: ((Condition, [Float], Evaluator.Outputs, _ models: [Int]) throws -> Void)? = nil
  ) throws -> [Record] {
    let conditions = conditions
    var records = [[Record]](repeating: [], count: models.count)
    var done = 0
    progress(0, conditions.count)
    try measure(models, under: conditions, device: device, inspect: inspect) { result in
      for (index, measured) in result.models.enumerated() { records[index] += measured.records }
      done += 1
      progress(done, conditions.count)
    }
    var all = records.flatMap { $0 }
    // Without clean images there is nothing that a curve begins with.
    if includesClean { all += DegradationCurve.areas(all) { !$0.contains("/") } }
    return NetworkStates.marked(all)
  }
}
