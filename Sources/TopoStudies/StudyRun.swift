import Foundation
import TopoCompute
import TopoData
import TopoEvaluation
import TopoFoundation
import TopoNetworks
import TopoTraining

/// Runs a plan in a folder: training, then evaluation.
public struct StudyRun {
  /// What to do.
  public private(set) var plan: Plan
  private let source: [UInt8]
  private var training: TrainingRun
  private var evaluation: Evaluation
  /// Test images, of which some may be evaluated.
  private let testImages: Int

  /// Bytes that may be taken of each device's memory; a safe share by default.
  public var memoryLimit: Int? {
    get { training.memoryLimit }
    set { (training.memoryLimit, evaluation.memoryLimit) = (newValue, newValue) }
  }

  /// Whether to go on, and record it, with a study that was begun on a device whose bits differ.
  public var acceptsOtherDevices: Bool {
    get { training.acceptsOtherDevices }
    set { training.acceptsOtherDevices = newValue }
  }

  /// Prepares a plan on loaded data.
  /// - Parameter source: the plan's file, kept with the results.
  /// - Throws: `UserError`.
  public init(plan: Plan, source: [UInt8], dataset: Dataset) throws {
    self.plan = plan
    self.source = source
    training = try plan.trainingRun(dataset)
    evaluation = try plan.evaluation(dataset)
    testImages = dataset.test.count
  }

  /// What there is to tell while it runs.
  public enum Event: Sendable {
    /// Training.
    case training(TrainingRun.Event)
    /// Perturbations done, and in all.
    case evaluating(Int, of: Int)
    /// Evaluation is done.
    case evaluated(networks: Int, perturbations: Int)
  }

  /// What a study leaves.
  public struct Outcome: Sendable {
    /// Training reports and members that stopped.
    public let progress: StudyProgress
    /// All measures, by network and perturbation.
    public let records: [Record]
  }

  /// Runs the study on one device, or goes on with it.
  /// - Throws: `UserError`, `DeviceError`.
  public func run(
    in url: URL, device: any Device, resume: Bool, report: (Event) -> Void = { _ in }
  ) throws -> Outcome {
    try run(in: url, devices: [device], resume: resume, report: report)
  }

  /// Runs the study, or goes on with it: trains on all devices, evaluates on the first.
  /// - Throws: `UserError` about the folder, also where it holds metrics of another
  ///   evaluation; `UserError`, `DeviceError`.
  public func run(
    in url: URL, devices: [any Device], resume: Bool, report: (Event) -> Void = { _ in }
  ) throws -> Outcome {
    var records: [Record] = []
    var study = self
    let progress = try training.work(
      in: url, devices: devices, resume: resume, report: { report(.training($0)) },
      begin: { _ in
        try study.keepMetrics(of: url)
        try study.keepPlan(in: url)
      },
      finish: { folder, progress in
        records = try study.evaluate(progress, in: folder, device: devices[0], report: report)
      })
    return Outcome(progress: progress, records: records)
  }

  private var record: EvaluationRecord {
    EvaluationRecord(
      plan.evaluation, images: evaluation.images.count, checksum: evaluation.images.checksum)
  }

  /// Makes sure that metrics which a folder holds are not replaced by those of another evaluation,
  /// and takes over the order of their noises.
  /// - Throws: `UserError`.
  private mutating func keepMetrics(of url: URL) throws {
    let wanted = record
    guard let found = try EvaluationRecord.read(url, wanted: wanted, of: testImages) else { return }
    if let difference = found.difference(from: wanted) {
      throw UserError(
        "\(url.path): the folder already holds metrics of another evaluation (\(difference)); give "
          + "the plan that evaluation again, or evaluate the networks into another folder: "
          + "toposheet evaluate \(url.path) --data \(plan.data)\(wanted.options(of: testImages)) "
          + "--out OTHER")
    }
    let places = Dictionary(
      zip(found.noises, found.noises.indices), uniquingKeysWith: { first, _ in first })
    plan.evaluation.noise.noises.sort { (places[$0.label] ?? 0) < (places[$1.label] ?? 0) }
    evaluation.sweeps = plan.evaluation.noise.sweeps
  }

  /// Keeps the plan's file with the results; one that says the same stays as it is.
  private func keepPlan(in url: URL) throws {
    let place = url.appending(path: "plan.yaml")
    if let kept = try? Plan(contentsOf: place), Set(kept.members) == Set(plan.members) {
      var reordered = plan
      (reordered.conditions, reordered.seeds) = (kept.conditions, kept.seeds)
      if kept == reordered { return }
    }
    try AtomicFile.write(Data(source), to: place)
  }

  /// Evaluates what was trained, and writes the metrics.
  private func evaluate(
    _ progress: StudyProgress, in folder: StudyFolder, device: any Device, report: (Event) -> Void
  ) throws -> [Record] {
    let url = folder.url
    let stopped = Set(progress.stopped.map(\.member))
    let models = try folder.members.filter { !stopped.contains($0) }.map { member in
      EvaluatedModel(
        penalty: member.condition, seed: member.seed, epoch: plan.epochs,
        trainedOn: training.configuration.dataset,
        network: try StateDictionary.load(
          from: url.appending(path: member.path).appending(path: "model.safetensors"),
          for: training.configuration.architecture))
    }
    guard !models.isEmpty else { return [] }
    let records = try evaluation.run(models, device: device) { done, all in
      report(.evaluating(done, of: all))
    }
    report(.evaluated(networks: models.count, perturbations: evaluation.conditions.count))
    var provenance = [
      "study": plan.name, "version": toposheetVersion, "device": device.information.name,
      "driver": device.information.driverAndTuning, "data": evaluation.dataset,
      "images": "\(evaluation.images.count)", "noise-seed": "\(plan.evaluation.noise.seed)",
      "normalization": "\(plan.evaluation.normalization)",
    ].merging(NormalizationRecord.of(models, else: evaluation.normalization)) { $1 }
    provenance["devices"] = folder.mixedDevices
    try folder.requireInPlace()
    try record.write(to: url)
    try RecordTable(records, provenance: provenance).write(to: url)
    return records
  }
}
