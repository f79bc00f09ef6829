import Foundation
import TopoCompute
import TopoData
import TopoEvaluation
import TopoNetworks
import TopoTraining

/// Runs a plan in a folder: training, then evaluation.
public struct StudyRun {
  /// What to do.
  public let plan: Plan
  private let source: [UInt8]
  private var training: TrainingRun
  private var evaluation: Evaluation

  /// Bytes that may be taken of each device's memory; a safe share by default.
  public var memoryLimit: Int? {
    get { training.memoryLimit }
    set { (training.memoryLimit, evaluation.memoryLimit) = (newValue, newValue) }
  }

  /// Prepares a plan on loaded data.
  /// - Parameter source: the plan's file, kept with the results.
  /// - Throws: `DataError`, `ArchitectureError`.
  public init(plan: Plan, source: [UInt8], dataset: Dataset) throws {
    self.plan = plan
    self.source = source
    training = try plan.trainingRun(dataset)
    evaluation = try plan.evaluation(dataset)
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
  /// - Throws: `StudyError` or `FileError` about the folder, `TrainingError`, `DeviceError`.
  public func run(
    in url: URL, device: any Device, resume: Bool, report: (Event) -> Void = { _ in }
  ) throws -> Outcome {
    try run(in: url, devices: [device], resume: resume, report: report)
  }

  /// Runs the study, or goes on with it: trains on all devices, evaluates on the first.
  /// - Throws: `StudyError` or `FileError` about the folder, `TrainingError`, `DeviceError`.
  public func run(
    in url: URL, devices: [any Device], resume: Bool, report: (Event) -> Void = { _ in }
  ) throws -> Outcome {
    var records: [Record] = []
    let progress = try training.run(in: url, devices: devices, resume: resume) {
      report(.training($0))
    } begin: {
      try AtomicFile.write(Data(source), to: url.appending(path: "plan.yaml"))
    } finish: { progress in
      records = try evaluate(progress, in: url, device: devices[0], report: report)
    }
    return Outcome(progress: progress, records: records)
  }

  /// Evaluates what was trained, and writes the metrics.
  private func evaluate(
    _ progress: StudyProgress, in url: URL, device: any Device, report: (Event) -> Void
  ) throws -> [Record] {
    let stopped = Set(progress.stopped.map(\.member))
    let models = try plan.members.filter { !stopped.contains($0) }.map { member in
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
    try RecordTable(
      records,
      provenance: [
        "study": plan.name, "version": toposheetVersion, "device": device.information.name,
        "driver": device.information.driverAndTuning, "data": evaluation.dataset,
        "images": "\(evaluation.images.count)", "noise-seed": "\(plan.evaluation.noise.seed)",
        "normalization": "\(plan.evaluation.normalization)",
      ].merging(NormalizationRecord.of(models, else: evaluation.normalization)) { $1 }
    ).write(to: url)
    return records
  }
}
