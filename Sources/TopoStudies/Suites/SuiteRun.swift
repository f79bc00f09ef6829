import Foundation
import TopoCompute
import TopoData
import TopoEvaluation
import TopoFoundation

/// Evaluates networks under a suite in a folder: every finished task is kept, so that a run that was
/// interrupted continues where it was, to the same bytes.
public struct SuiteRun: Sendable {
  /// What is evaluated.
  public private(set) var suite: Suite
  /// Networks and images: of the images that were given, the suite's subset.
  public let context: EvaluationContext
  /// Whether to continue, and record it, with a suite that was begun on a device whose bits differ.
  public var acceptsOtherDevices = false
  /// What the provenance of the results says besides, by name.
  public var provenance: [String: String] = [:]
  private let split: String

  /// A run on the first images of a set.
  /// - Parameters:
  ///   - dataset: the data's name in records.
  ///   - split: which of its images these are: `test`, `train`.
  ///   - memoryLimit: bytes of the device's memory that may be taken; its safe share by default.
  /// - Throws: `UserError` if the suite asks for more images than there are
  ///   for a network that does not fit the images; `UserError` if two networks have one name.
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

  /// What there is to tell while it runs.
  public enum Event: Sendable {
    /// Tasks that an earlier process has done.
    case resumed(done: Int, of: Int)
    /// How far the run is.
    case progress(Suite.Progress)
  }

  /// Runs the suite without a folder.
  /// - Returns: as `run(in:device:resume:)`.
  /// - Throws: `DeviceError`; what a perturbation throws.
  public func run(
    device: any Device, report: (Event) -> Void = { _ in }
  ) throws -> [Record] {
    try suite.records(in: context, on: device) { report(.progress($0)) }
  }

  /// Runs the suite, or continues it. The folder is this process's until the function returns.
  /// - Returns: all records: by network those of the tasks, then what follows from them.
  /// - Throws: `UserError` about the folder; `DeviceError`; what a perturbation
  ///   throws. Finished tasks are kept.
  @discardableResult
  public func run(
    in url: URL, device: any Device, resume: Bool, report: (Event) -> Void = { _ in }
  ) throws -> [Record] {
    try run(device: device, resume: resume, report: report) {
      try SuiteFolder(
        url, description(device.information), resume: resume, anyDevice: acceptsOtherDevices)
    }
  }

  /// Runs the suite, or continues it, in the folder of the study that trained the networks.
  func run(
    in study: StudyFolder, device: any Device, resume: Bool, report: (Event) -> Void
  ) throws -> [Record] {
    try run(device: device, resume: resume, report: report) {
      try SuiteFolder(
        study, description(device.information), resume: resume, anyDevice: acceptsOtherDevices)
    }
  }

  private func run(
    device: any Device, resume: Bool, report: (Event) -> Void, open: () throws -> SuiteFolder
  ) throws -> [Record] {
    // Before the folder: what cannot be evaluated leaves no trace.
    let evaluations = try suite.evaluations(in: context, on: device)
    let folder = try open()
    defer { folder.giveUp() }
    do {
      var run = self
      // Its results are in the order in which the run was begun.
      run.suite = suite.sorted(like: folder.items, on: context.images)
      let isSorted = suite.items(on: context.images) == folder.items
      return try run.finish(
        isSorted ? evaluations : try run.suite.evaluations(in: context, on: device), in: folder,
        resume: resume, report: report)
    } catch {
      // If the folder is gone, that is a better reason than what could not be written.
      try folder.requireInPlace()
      throw error
    }
  }

  private func finish(
    _ evaluations: [any Evaluation], in folder: SuiteFolder, resume: Bool, report: (Event) -> Void
  ) throws -> [Record] {
    let count = evaluations.reduce(0) { $0 + $1.tasks.count }
    let done = (0..<count).filter(folder.isDone)
    // Damaged results are better found now than after hours.
    for task in done { _ = try folder.records(of: task) }
    if resume { report(.resumed(done: done.count, of: count)) }
    try suite.run(evaluations, in: context, keptIn: folder) { report(.progress($0)) }
    let records = try suite.conclude(evaluations, in: context, keptIn: folder)
    try folder.requireInPlace()
    try folder.writeConfusion(tasks: count)
    try RecordTable(records, provenance: provenance(folder)).write(to: folder.url)
    return records
  }

  private func provenance(_ folder: SuiteFolder) -> [String: String] {
    let items = suite.items(on: context.images)
    var all = [
      "suite": suite.name, "version": toposheetVersion, "device": folder.device.name,
      "driver": folder.device.driverAndTuning, "data": context.dataset, "split": split,
      "images": "\(context.images.count)",
      "seeds": Set(items.map(\.seed)).sorted().map { "\($0)" }.joined(separator: " "),
    ]
    all["devices"] = folder.mixedDevices
    all.merge(NormalizationRecord.of(context.models, else: context.normalization)) { $1 }
    let epsilons = suite.severityNames.values.sorted().joined(separator: ",")
    if !epsilons.isEmpty { all["epsilons"] = epsilons }
    if !suite.notes.isEmpty { all["left-out"] = suite.notes.joined(separator: "; ") }
    for part in suite.parts {
      all.merge(part.provenance(on: context.images)) { $0 == $1 ? $0 : "\($0) \($1)" }
    }
    for item in items { if let origin = item.origin { all["files-of-\(item.label)"] = origin } }
    return all.merging(provenance) { $1 }
  }

  private func description(_ device: DeviceInformation) -> SuiteFolder.Description {
    SuiteFolder.Description(
      identity: SuiteFolder.Identity(
        suite: suite.name, items: suite.items(on: context.images),
        models: context.models.map {
          SuiteFolder.Identity.Model(
            condition: $0.condition, seed: $0.seed, checksum: $0.network.checksum,
            normalization: $0.normalization == context.normalization ? nil : $0.normalization)
        },
        data: SuiteFolder.Identity.Images(
          context.images, name: context.dataset, split: split,
          normalization: context.normalization)),
      device: device, version: toposheetVersion)
  }
}
