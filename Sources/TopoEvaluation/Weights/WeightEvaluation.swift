import TopoCompute
import TopoData
import TopoNetworks
import TopoSheets

/// Measures trained networks whose weights or units were damaged, on images as they are.
///
/// Damaged copies are members of a population: hundreds are evaluated in one pass over the images.
/// What all copies of a network have in common is computed once (`CopyEvaluator`).
public struct WeightEvaluation: Sendable {
  /// Images to show.
  public var images: ImageSet
  /// Name of the data in records.
  public var dataset: String
  /// Normalisation of the images for networks that do not know that of their training.
  public var normalization: Normalization
  /// What to do, and how much of it.
  public var selection: WeightSelection
  /// Images by which units are ranked for selective lesions, normalised alike; `images` where nil.
  public var selectivityImages: ImageSet?
  /// Copies that are on the device at a time, at most.
  public var pack = 256
  /// Bytes of memory that may be taken; the device's safe share by default. Up to a quarter is for
  /// features that copies have in common.
  public var memoryLimit: Int?

  /// An evaluation on `images`.
  public init(
    images: ImageSet, dataset: String, normalization: Normalization, selection: WeightSelection
  ) {
    self.images = images
    self.dataset = dataset
    self.normalization = normalization
    self.selection = selection
  }

  /// One perturbation at one severity, with all its draws.
  public struct Condition: Sendable, Hashable {
    /// What is done to networks.
    public var perturbation: WeightPerturbation
    /// How much of it; 0 for the networks as they are.
    public var severity: Double

    /// A perturbation at a severity.
    public init(perturbation: WeightPerturbation, severity: Double) {
      self.perturbation = perturbation
      self.severity = severity
    }
  }

  /// All perturbations at all severities, 0 first, then from the least damage to the most.
  ///
  /// Of a perturbation's own severities those are left out that one of the models cannot have:
  /// more units than its sheet has.
  public func conditions(for models: [EvaluatedModel]) -> [Condition] {
    let architectures = Set(models.map(\.network.architecture))
    return selection.perturbations.flatMap { perturbation in
      selection.severities(of: perturbation).filter { severity in
        selection.severities != nil
          || architectures.allSatisfy {
            (try? perturbation.check(severity: severity, architecture: $0)) != nil
          }
      }.map { Condition(perturbation: perturbation, severity: $0) }
    }
  }

  /// Evaluates networks.
  /// - Parameters:
  ///   - models: the networks; copies of those of one architecture are evaluated together.
  ///   - progress: called with the work done and in all, in millions of multiply-accumulates.
  /// - Returns: records by model: the norm of its sheet's weights; by condition and draw the
  ///   measures of classification; then what follows from those (`WeightDegradation`).
  /// - Throws: `DeviceError`, also when a copy alone needs more memory than there is;
  ///   `UserError` for a network that does not fit the images, or for layers
  ///   or severities that an architecture does not have.
  public func run(
    _ models: [EvaluatedModel], device: any Device,
    progress: (_ done: Int, _ all: Int) -> Void = { _, _ in }
  ) throws -> [Record] {
    let prepared = try prepare(models, device: device)
    let conditions = prepared.conditions
    let all = conditions.reduce(prepared.costOfPreparation) { $0 + prepared.cost(of: $1) }
    var before = 0
    func report(_ own: Int) { progress(Self.millions(before + own), max(Self.millions(all), 1)) }
    report(0)
    try prepared.showImages { done, _ in report(done) }
    before = prepared.costOfPreparation
    var records = prepared.weightNorms.map { [$0] }
    for condition in conditions {
      let found = try prepared.outcomes(of: condition) { done, _ in report(done) }
      before += prepared.cost(of: condition)
      report(0)
      for (index, own) in found.enumerated() { records[index] += own.records }
    }
    return records.flatMap { $0 + WeightDegradation.records(from: $0) }
  }

  private static func millions(_ count: Int) -> Int { count / 1_000_000 }

  /// Checks everything, and readies networks to be evaluated condition by condition.
  /// - Throws: as `run`.
  public func prepare(
    _ models: [EvaluatedModel], device: any Device
  ) throws -> PreparedWeightEvaluation {
    try PreparedWeightEvaluation(self, models, device: device)
  }
}
