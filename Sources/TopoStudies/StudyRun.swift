import Foundation
import TopoCompute
import TopoData
import TopoEvaluation
import TopoFoundation
import TopoNetworks
import TopoTraining

/// Runs a plan in a folder: trains its networks, then evaluates them under the plan's suite.
///
/// ```swift
/// let url = URL(filePath: "Plans/demo.yaml")
/// let plan = try Plan(contentsOf: url)
/// let study = try StudyRun(
///   plan: plan, source: Array(try Data(contentsOf: url)), dataset: try Dataset.load(plan.data))
/// let outcome = try study.run(
///   in: URL(filePath: "runs/demo"),
///   device: try DeviceChoice.automatic.open(precision: plan.precision), resume: false)
/// print(SummaryTable(outcome.records).text)
/// ```
public struct StudyRun {
  /// The plan.
  public let plan: Plan
  /// What the networks are evaluated under.
  public let suite: Suite
  private let source: [UInt8]
  var training: TrainingRun
  /// The test images.
  private let test: ImageSet
  private let dataset: String
  /// The normalization of the test images.
  private let normalization: Normalization

  /// Bytes that may be used of each device's memory; nil for a safe share.
  public var memoryLimit: Int? {
    get { training.memoryLimit }
    set { training.memoryLimit = newValue }
  }

  /// Whether to continue a study that was begun on a device or with a version whose bits differ;
  /// this is recorded.
  public var acceptsOtherDevices: Bool {
    get { training.acceptsOtherDevices }
    set { training.acceptsOtherDevices = newValue }
  }

  /// Called with the reports and maps of epochs: see `TrainingRun.watch`.
  public var watch: (@Sendable ([EpochReport], [Member: EpochMaps]) throws -> Void)? {
    get { training.watch }
    set { training.watch = newValue }
  }

  /// Asked after each step of training, on the threads of the devices. Once it returns true,
  /// checkpoints are kept and the run throws `StudyInterruption`. An evaluation can end at any
  /// moment, as each of its tasks is kept; it does not ask.
  public var isInterrupted: @Sendable () -> Bool {
    get { training.isInterrupted }
    set { training.isInterrupted = newValue }
  }

  /// Prepares a plan on loaded data.
  /// - Parameters:
  ///   - source: the bytes of the plan's file, which is kept with the results; by default those of
  ///     `plan.yaml()`.
  ///   - dataset: training and test images.
  /// - Throws: `UserError` about the plan's subset, architecture or suite; without `source`, what
  ///   `plan.yaml()` throws.
  public init(plan: Plan, source: [UInt8]? = nil, dataset: Dataset) throws {
    self.plan = plan
    self.source = try source ?? Array(plan.yaml().utf8)
    training = try plan.trainingRun(dataset)
    suite = try plan.evaluation.suite(for: dataset.test, named: plan.name)
      .fitted(networks: plan.members.map { $0.condition.label })
    try plan.evaluation.sources.checkUse(in: suite)
    test = dataset.test
    self.dataset = dataset.name
    normalization = try dataset.normalization(
      plan.evaluation.normalization ?? .automatic, own: dataset.normalization, network: plan.name)
    _ = try suite.subset.map { try test.subset($0) }
  }

  /// Progress of a run.
  public enum Event: Sendable {
    /// Training.
    case training(TrainingRun.Event)
    /// Evaluation of a number of networks.
    case evaluation(SuiteRun.Event, networks: Int)
    /// A device failed in the evaluation, and another one continues it: its identifier, the error.
    case failed(String, String)
  }

  /// The results of a study.
  public struct Outcome: Sendable {
    /// Training reports and members that stopped.
    public let progress: StudyProgress
    /// All records of the evaluation, ordered by network and task.
    public let records: [Record]
  }

  /// Runs the study on one device, or continues it: see `run(in:devices:resume:report:)`.
  /// - Throws: `UserError`, `DeviceError`.
  public func run(
    in url: URL, device: any Device, resume: Bool, report: (Event) -> Void = { _ in }
  ) throws -> Outcome {
    try run(in: url, devices: [device], resume: resume, report: report)
  }

  /// Runs the study, or continues it. All devices train; the first one that has not failed evaluates.
  /// - Parameters:
  ///   - url: the study's folder, which is locked until the function returns.
  ///   - devices: devices of one model and driver.
  ///   - resume: whether to continue what the folder holds.
  ///   - report: called on the calling thread.
  /// - Throws: `UserError`, also if the folder holds results of another evaluation; `DeviceError`;
  ///   `StudyInterruption`.
  public func run(
    in url: URL, devices: [any Device], resume: Bool, report: (Event) -> Void = { _ in }
  ) throws -> Outcome {
    try checkSuite(on: devices)
    var records: [Record] = []
    var hasResults = false
    let progress = try training.work(
      in: url, devices: devices, resume: resume, report: { report(.training($0)) },
      check: {
        let images = try suite.subset.map { try test.subset($0) } ?? test
        hasResults = try SuiteFolder.check(
          url, members: plan.members, suite: suite.name, items: suite.items(on: images),
          data: .init(images, name: dataset, split: "test", normalization: normalization))
      },
      begin: { _ in try keepPlan(in: url, hasResults: hasResults) },
      finish: { folder, progress, sound in
        records = try evaluate(progress, in: folder, on: sound, resume: resume, report: report)
      })
    return Outcome(progress: progress, records: records)
  }

  /// Refuses devices of another precision than the plan's, and a suite that its networks cannot be
  /// evaluated under, before they are trained.
  func checkSuite(on devices: [any Device]) throws {
    guard let device = devices.first else { return }
    if let other = devices.map(\.information).first(where: { $0.precision != plan.precision }) {
      throw UserError(
        "the plan computes in \(plan.precision.rawValue), but \(other.identifier) was opened in "
          + "\(other.precision.rawValue); open it with precision: plan.precision")
    }
    let network = EvaluatedModel(
      penalty: .control, seed: 0, trainedOn: nil,
      network: Initialization.pytorchDefault(training.configuration.architecture, seed: 0))
    let context = try EvaluationContext(
      models: [network], images: try suite.subset.map { try test.subset($0) } ?? test,
      dataset: dataset, normalization: normalization)
    _ = try suite.evaluations(in: context, on: device.measuring())
  }

  /// Keeps the plan's file with the results. A file that describes the same study is not replaced.
  /// - Parameter hasResults: whether the folder holds results of the same evaluation.
  func keepPlan(in url: URL, hasResults: Bool) throws {
    let file = url.appending(path: "plan.yaml")
    if let kept = try? Plan(contentsOf: file), Set(kept.members) == Set(plan.members) {
      var reordered = plan
      (reordered.conditions, reordered.seeds) = (kept.conditions, kept.seeds)
      reordered.evaluation = kept.evaluation
      if kept == reordered, hasResults || kept.evaluation == plan.evaluation { return }
    }
    try AtomicFile.write(Data(source), to: file)
  }

  /// Evaluates the members that did not stop, on the first device that does not fail.
  private func evaluate(
    _ progress: StudyProgress, in folder: StudyFolder, on devices: [any Device], resume: Bool,
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
    for (index, device) in devices.enumerated() {
      do {
        return try run.run(in: folder, device: device, resume: resume || index > 0) {
          report(.evaluation($0, networks: models.count))
        }
      } catch let error as DeviceError where index + 1 < devices.count {
        report(.failed(device.information.identifier, "\(error)"))
      }
    }
    return []
  }
}
