import Foundation
import TopoCompute
import TopoData
import TopoEvaluation
import TopoFoundation

/// Evaluates networks under a suite. In a folder, every finished task is kept, so that an
/// interrupted run can be continued; its results are then the same bytes.
///
/// ```swift
/// let run = try SuiteRun(
///   suite: suite, models: models, images: data.test, dataset: data.name,
///   normalization: data.normalization)
/// let records = try run.run(in: URL(filePath: "runs/noise"), device: device, resume: false)
/// ```
public struct SuiteRun: Sendable {
  /// What the networks are evaluated under.
  public private(set) var suite: Suite
  /// Networks and images; the latter are the suite's subset of those that were given.
  public let context: EvaluationContext
  /// Whether to continue a suite that was begun on a device or with a version whose bits differ;
  /// this is recorded.
  public var acceptsOtherDevices = false
  /// Further entries for the provenance of the results.
  public var provenance: [String: String] = [:]
  private let split: String

  /// A run on the first images of a set.
  /// - Parameters:
  ///   - models: the networks, at least one.
  ///   - images: the images; if the suite has a subset, its first ones are used.
  ///   - dataset: the data's name in records.
  ///   - split: which of its images these are: `test`, `train`.
  ///   - normalization: that of the images for networks without their own.
  ///   - memoryLimit: bytes of the device's memory that may be used; nil for a safe share.
  /// - Throws: `UserError` if the suite asks for more images than there are, a network does not fit
  ///   the images, two networks have one name, or there is no network.
  public init(
    suite: Suite, models: [EvaluatedModel], images: ImageSet, dataset: String,
    split: String = "test", normalization: Normalization, memoryLimit: Int? = nil
  ) throws {
    (self.suite, self.split) = (suite, split)
    context = try EvaluationContext(
      models: models, images: try suite.subset.map { try images.subset($0) } ?? images,
      dataset: dataset, normalization: normalization, memoryLimit: memoryLimit)
    var names: Set<String> = []
    for model in models where !names.insert("\(model.condition)/seed-\(model.seed)").inserted {
      throw UserError(
        "two networks are called \(model.condition)/seed-\(model.seed); evaluate them one at a time"
      )
    }
    guard !models.isEmpty else { throw UserError("there is no network to evaluate; name one") }
  }

  /// Progress of a run.
  public enum Event: Sendable {
    /// Tasks that were done before the run was continued, of all tasks.
    case resumed(done: Int, of: Int)
    /// Tasks that are done, and the one that runs.
    case progress(Suite.Progress)
  }

  /// Runs the suite without a folder.
  /// - Returns: all records: first those of the tasks, ordered by network, then those derived from
  ///   them.
  /// - Throws: `DeviceError`; what a perturbation throws.
  public func run(
    device: any Device, report: (Event) -> Void = { _ in }
  ) throws -> [Record] {
    try results(device: device, report: report).records
  }

  /// The same, with the findings of analyses beside the records.
  /// - Throws: `DeviceError`; what a perturbation throws.
  public func results(
    device: any Device, report: (Event) -> Void = { _ in }
  ) throws -> (records: [Record], findings: Findings) {
    try suite.results(in: context, on: device) { report(.progress($0)) }
  }

  /// Runs the suite, or continues it. The folder is locked until the function returns.
  /// - Parameters:
  ///   - url: the folder for the results.
  ///   - device: the device that evaluates.
  ///   - resume: whether to continue what the folder holds.
  ///   - report: called on the calling thread.
  /// - Returns: all records: first those of the tasks, ordered by network, then those derived from
  ///   them.
  /// - Throws: `UserError` about the folder; `DeviceError`; what a perturbation throws. Finished
  ///   tasks are kept.
  @discardableResult
  public func run(
    in url: URL, device: any Device, resume: Bool, report: (Event) -> Void = { _ in }
  ) throws -> [Record] {
    try run(device: device, resume: resume, report: report) {
      try SuiteFolder(
        url, $0, resume: resume, anyDevice: acceptsOtherDevices)
    }
  }

  /// Runs the suite, or continues it, in the folder of the study that trained the networks.
  func run(
    in study: StudyFolder, device: any Device, resume: Bool, report: (Event) -> Void
  ) throws -> [Record] {
    try run(device: device, resume: resume, report: report) {
      try SuiteFolder(
        study, $0, resume: resume, anyDevice: acceptsOtherDevices)
    }
  }

  private func run(
    device: any Device, resume: Bool, report: (Event) -> Void,
    open: (SuiteFolder.Description) throws -> SuiteFolder
  ) throws -> [Record] {
    // Before the folder is made: a suite that cannot be evaluated leaves none.
    let evaluations = try suite.evaluations(in: context, on: device)
    for evaluation in evaluations { try evaluation.checkMemory() }
    let folder = try open(description(device.information, evaluations))
    defer { folder.release() }
    do {
      var run = self
      // Results keep the order of the run's beginning.
      run.suite = suite.sorted(like: folder.items, on: context.images)
      let isSorted = suite.items(on: context.images) == folder.items
      let sorted = isSorted ? evaluations : try run.suite.evaluations(in: context, on: device)
      guard sorted.flatMap(\.taskKeys) == folder.tasks else {
        throw UserError(
          "\(folder.url.path): the folder holds this suite with its perturbations divided into other "
            + "parts; give the parts as they were, or choose another with --out")
      }
      return try run.finish(sorted, in: folder, resume: resume, report: report)
    } catch {
      // If the folder is gone, that explains why something could not be written.
      try folder.checkNotMoved()
      throw error
    }
  }

  private func finish(
    _ evaluations: [any Evaluation], in folder: SuiteFolder, resume: Bool, report: (Event) -> Void
  ) throws -> [Record] {
    let count = evaluations.reduce(0) { $0 + $1.tasks.count }
    let done = (0..<count).filter(folder.isDone)
    // Damaged results are to be found before the evaluation, which may take hours.
    for task in done { _ = try folder.records(of: task) }
    if resume { report(.resumed(done: done.count, of: count)) }
    try suite.run(evaluations, in: context, keptIn: folder) { report(.progress($0)) }
    let records = try suite.conclude(evaluations, in: context, keptIn: folder)
    try folder.checkNotMoved()
    try folder.writeConfusion(tasks: count)
    try folder.writeFindings(tasks: count, dataset: context.dataset)
    try RecordTable(records, provenance: provenance(folder)).write(to: folder.url)
    return records
  }

  private func provenance(_ folder: SuiteFolder) -> [String: String] {
    let items = suite.items(on: context.images)
    var all = [
      "suite": folder.suite, "version": toposheetVersion, "device": folder.device.name,
      "driver": folder.device.driverAndChoices, "data": context.dataset, "split": split,
      "images": "\(context.images.count)",
    ]
    let seeds = Set(items.map(\.seed)).sorted().map { "\($0)" }
    if !seeds.isEmpty { all["seeds"] = seeds.joined(separator: " ") }
    all["devices"] = folder.mixedDevices
    all["epsilons"] = folder.epsilons
    all.merge(NormalizationRecord.of(context.models, fallback: context.normalization)) { $1 }
    if !suite.notes.isEmpty { all["left-out"] = suite.notes.joined(separator: "; ") }
    for part in suite.parts {
      all.merge(part.provenance(on: context.images)) { $0 == $1 ? $0 : "\($0) \($1)" }
    }
    for item in items {
      if let origin = item.origin { all["files-of-\(item.label)"] = origin }
      if let borders = item.borders { all["borders-of-\(item.label)"] = borders }
    }
    return all.merging(provenance) { $1 }
  }

  private func description(
    _ device: DeviceInformation, _ evaluations: [any Evaluation]
  ) -> SuiteFolder.Description {
    SuiteFolder.Description(
      identity: SuiteFolder.Identity(
        suite: suite.name, items: suite.items(on: context.images),
        tasks: evaluations.flatMap(\.taskKeys),
        models: context.models.map {
          SuiteFolder.Identity.Model(
            network: $0.identity.fields, condition: $0.condition, seed: $0.seed,
            checksum: $0.network.checksum,
            normalization: $0.normalization == context.normalization
              ? nil : $0.normalization.map(SuiteFolder.Identity.Constants.init))
        },
        data: SuiteFolder.Identity.Images(
          context.images, name: context.dataset, split: split,
          normalization: context.normalization)),
      device: device, version: toposheetVersion,
      epsilons: suite.severityNames.isEmpty
        ? nil : suite.severityNames.sorted { $0.key < $1.key }.map(\.value).joined(separator: ","))
  }
}
