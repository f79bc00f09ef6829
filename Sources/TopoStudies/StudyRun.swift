import Foundation
import TopoCompute
import TopoData
import TopoEvaluation
import TopoFoundation
import TopoNetworks
import TopoTraining

/// Runs a plan in a folder: training, then the plan's suite.
public struct StudyRun {
  /// What to do.
  public let plan: Plan
  /// What the networks are evaluated under.
  public let suite: Suite
  private let source: [UInt8]
  private var training: TrainingRun
  /// Test images.
  private let test: ImageSet
  private let dataset: String
  /// That of the test images.
  private let normalization: Normalization

  /// Bytes that may be taken of each device's memory; a safe share by default.
  public var memoryLimit: Int? {
    get { training.memoryLimit }
    set { training.memoryLimit = newValue }
  }

  /// Whether to continue, and record it, with a study that was begun on a device whose bits differ.
  public var acceptsOtherDevices: Bool {
    get { training.acceptsOtherDevices }
    set { training.acceptsOtherDevices = newValue }
  }

  /// Prepares a plan on loaded data.
  /// - Parameter source: the plan's file, kept with the results.
  /// - Throws: `UserError` about the plan's suite.
  public init(plan: Plan, source: [UInt8], dataset: Dataset) throws {
    self.plan = plan
    self.source = source
    training = try plan.trainingRun(dataset)
    suite = try plan.evaluation.suite(for: dataset.test, named: plan.name)
    try plan.evaluation.sources.checkUse(in: suite)
    test = dataset.test
    self.dataset = dataset.name
    normalization = try dataset.normalization(
      plan.evaluation.normalization ?? .automatic, own: dataset.normalization, network: plan.name)
    _ = try suite.subset.map { try test.subset($0) }
  }

  /// What there is to tell while it runs.
  public enum Event: Sendable {
    /// Training.
    case training(TrainingRun.Event)
    /// Evaluation of so many networks.
    case evaluation(SuiteRun.Event, networks: Int)
  }

  /// What a study leaves.
  public struct Outcome: Sendable {
    /// Training reports and members that stopped.
    public let progress: StudyProgress
    /// All measures, by network and perturbation.
    public let records: [Record]
  }

  /// Runs the study on one device, or continues it.
  /// - Throws: `UserError`, `DeviceError`.
  public func run(
    in url: URL, device: any Device, resume: Bool, report: (Event) -> Void = { _ in }
  ) throws -> Outcome {
    try run(in: url, devices: [device], resume: resume, report: report)
  }

  /// Runs the study, or continues it: trains on all devices, evaluates on the first.
  /// - Throws: `UserError` about the folder, also if it holds results of another
  ///   evaluation; `UserError`, `DeviceError`.
  public func run(
    in url: URL, devices: [any Device], resume: Bool, report: (Event) -> Void = { _ in }
  ) throws -> Outcome {
    var records: [Record] = []
    let progress = try training.work(
      in: url, devices: devices, resume: resume, report: { report(.training($0)) },
      begin: { folder in
        let images = try suite.subset.map { try test.subset($0) } ?? test
        try SuiteFolder.check(
          folder, suite: suite.name, items: suite.items(on: images),
          data: .init(images, name: dataset, split: "test", normalization: normalization))
        try keepPlan(in: url)
      },
      finish: { folder, progress in
        records = try evaluate(
          progress, in: folder, device: devices[0], resume: resume, report: report)
      })
    return Outcome(progress: progress, records: records)
  }

  /// Keeps the plan's file with the results; one that says the same stays as it is.
  private func keepPlan(in url: URL) throws {
    let place = url.appending(path: "plan.yaml")
    if let kept = try? Plan(contentsOf: place), Set(kept.members) == Set(plan.members) {
      var reordered = plan
      (reordered.conditions, reordered.seeds) = (kept.conditions, kept.seeds)
      reordered.evaluation = kept.evaluation
      // Results of another evaluation are not in the folder.
      let hasResults = FileManager.default.fileExists(
        atPath: url.appending(path: SuiteFolder.Description.marker).path)
      if kept == reordered, hasResults || kept.evaluation == plan.evaluation { return }
    }
    try AtomicFile.write(Data(source), to: place)
  }

  /// Evaluates what was trained.
  private func evaluate(
    _ progress: StudyProgress, in folder: StudyFolder, device: any Device, resume: Bool,
    report: (Event) -> Void
  ) throws -> [Record] {
    let stopped = Set(progress.stopped.map(\.member))
    let models = try folder.members.filter { !stopped.contains($0) }.map { member in
      EvaluatedModel(
        penalty: member.condition, seed: member.seed, epoch: plan.epochs, trainedOn: dataset,
        network: try StateDictionary.load(
          from: folder.model(member), for: training.configuration.architecture))
    }
    guard !models.isEmpty else { return [] }
    var run = try SuiteRun(
      suite: suite, models: models, images: test, dataset: dataset, normalization: normalization,
      memoryLimit: memoryLimit)
    run.acceptsOtherDevices = acceptsOtherDevices
    run.provenance = ["study": plan.name]
    run.provenance["devices"] = folder.mixedDevices
    return try run.run(in: folder, device: device, resume: resume) {
      report(.evaluation($0, networks: models.count))
    }
  }
}
