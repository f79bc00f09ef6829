import Foundation
import TopoCompute
import TopoData
import TopoEvaluation
import TopoFoundation

/// Puts trained networks through a suite, in a folder: every finished unit of work is kept, so that
/// a run that was interrupted goes on where it was, to the same bytes.
public struct SuiteRun: Sendable {
  /// What is done.
  public let suite: Suite
  /// The networks.
  public let models: [EvaluatedModel]
  /// Bytes of the device's memory that may be taken; the device's safe share by default.
  public var memoryLimit: Int?
  /// Whether to go on, and record it, with a suite that was begun on a device whose bits differ.
  public var acceptsOtherDevices = false
  /// The images in use: the suite's subset of those that were given.
  public let images: ImageSet
  private let dataset: String
  private let split: String
  private let normalization: Normalization

  /// A run on the first images of a set.
  /// - Parameters:
  ///   - dataset: the data's name in records.
  ///   - split: which of its images these are: `test`, `train`.
  /// - Throws: `UserError` where the suite asks for more images than there are
  ///   for a network that does not fit the images; `UserError` where two networks have one name.
  public init(
    suite: Suite, models: [EvaluatedModel], images: ImageSet, dataset: String,
    split: String = "test", normalization: Normalization
  ) throws {
    self.images = try suite.subset.map { try images.subset($0) } ?? images
    (self.suite, self.models) = (suite, models)
    (self.dataset, self.split, self.normalization) = (dataset, split, normalization)
    for model in models {
      try model.network.architecture.requireFit(
        images: images.shape, classes: images.classes, of: dataset)
    }
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
    /// Units that an earlier process has done.
    case resumed(done: Int, of: Int)
    /// How far the run is.
    case progress(Progress)
  }

  /// How far a run is.
  public struct Progress: Sendable, Hashable {
    /// The unit at work, or just done: `corruption/fog 3`.
    public var unit: String
    /// Units that are done.
    public var done: Int
    /// All units.
    public var all: Int
    /// Seconds left, where that can be told.
    public var secondsLeft: Double?
  }

  /// Runs the suite, or goes on with it. The folder is this process's until the function returns.
  /// - Returns: all records: by network those of the suite's units, then what follows from them.
  /// - Throws: `UserError` about the folder; `DeviceError`; what a perturbation
  ///   throws. Finished units are kept.
  @discardableResult
  public func run(
    in url: URL, device: any Device, resume: Bool, report: (Event) -> Void = { _ in }
  ) throws -> [Record] {
    let works = try works(device)
    let units = works.flatMap(\.units)
    let folder = try SuiteFolder(
      url, identity: identity, device: device.information, resume: resume,
      anyDevice: acceptsOtherDevices)
    defer { folder.giveUp() }
    do {
      return try run(works, units, in: folder, device: device, resume: resume, report: report)
    } catch {
      // Whatever could not be written: that it has no place any more says it better.
      try folder.requireInPlace()
      throw error
    }
  }

  private func run(
    _ works: [any SuiteWork], _ units: [SuiteUnit], in folder: SuiteFolder, device: any Device,
    resume: Bool, report: (Event) -> Void
  ) throws -> [Record] {
    let waiting = Set(units.indices.filter { !folder.isDone($0) })
    // What is damaged is better found now than after hours.
    for unit in units.indices where !waiting.contains(unit) { _ = try folder.read(unit) }
    if resume { report(.resumed(done: units.count - waiting.count, of: units.count)) }
    var pace = SuitePace(units, waiting: waiting)
    var first = 0
    for work in works {
      let places = work.units.indices.map { first + $0 }
      let pending = work.units.indices.filter { waiting.contains(first + $0) }
      var next = pending[...]
      if let unit = next.first { report(.progress(pace.progress(units[first + unit]))) }
      try work.run(pending, models, device: device) { share in
        if let unit = next.first {
          report(.progress(pace.progress(units[first + unit], share: share)))
        }
      } finished: { unit, result in
        try folder.keep(first + unit, result)
        next = next.dropFirst()
        pace.finish(units[first + unit])
        report(.progress(pace.progress(units[first + (next.first ?? unit)])))
      }
      first += places.count
    }
    return try conclude(folder, units: units.count)
  }

  /// Writes the results of all units, and what follows from them. Everything is read from the
  /// units' files, so that the bytes are those of any other way here.
  private func conclude(_ folder: SuiteFolder, units: Int) throws -> [Record] {
    var byModel = [[Record]](repeating: [], count: models.count)
    let places = Dictionary(
      uniqueKeysWithValues: models.enumerated().map {
        ($0.element.identity, $0.offset)
      })
    for unit in 0..<units {
      var seen: Set<Int> = []
      for record in try folder.read(unit) {
        guard let place = places[record.network] else { continue }
        byModel[place].append(record)
        seen.insert(place)
      }
      guard seen.count == models.count else {
        throw UserError(
          "\(folder.url.path)/units/\(unit + 1).csv: is not about all networks; remove it and go on "
            + "with --resume")
      }
    }
    byModel = byModel.map(NetworkStates.marked)
    for record in SuiteMeasures.derived(byModel.flatMap { $0 }) {
      guard let place = places[record.network] else { continue }
      byModel[place].append(record)
    }
    let records = NetworkStates.marked(byModel.flatMap { $0 })
    try folder.requireInPlace()
    try folder.writeConfusion(units: units)
    var provenance = provenance(folder.device)
    provenance["devices"] = folder.mixedDevices
    try RecordTable(records, provenance: provenance).write(to: folder.url)
    return records
  }

  private func works(_ device: any Device) throws -> [any SuiteWork] {
    var evaluation = Evaluation(
      images: images, dataset: dataset, normalization: normalization, sweeps: suite.images)
    evaluation.memoryLimit = memoryLimit
    let weights = try suite.weights.enumerated().map { place, selection in
      var evaluation = WeightEvaluation(
        images: images, dataset: dataset, normalization: normalization, selection: selection)
      evaluation.memoryLimit = memoryLimit
      return try WeightWork(evaluation, models, device: device, measuresNorms: place == 0)
    }
    let attacks = try suite.attacks.enumerated().map { place, selection in
      var evaluation = try AttackEvaluation(
        images: images, dataset: dataset, normalization: normalization, selection: selection)
      evaluation.memoryLimit = memoryLimit
      return AttackWork(evaluation: evaluation, measuresGradients: place == 0)
    }
    return [ImageWork(evaluation: evaluation)] + weights + attacks
  }

  private func provenance(_ device: DeviceInformation) -> [String: String] {
    var provenance = [
      "suite": suite.name, "version": toposheetVersion, "device": device.name,
      "driver": device.driverAndTuning, "data": dataset, "split": split,
      "images": "\(images.count)",
      "seeds": Set(identity.parts.map(\.seed)).sorted().map { "\($0)" }.joined(separator: " "),
    ]
    provenance.merge(NormalizationRecord.of(models, else: normalization)) { $1 }
    let epsilons = suite.epsilonNames.values.sorted().joined(separator: ",")
    if !epsilons.isEmpty { provenance["epsilons"] = epsilons }
    if !suite.notes.isEmpty { provenance["left-out"] = suite.notes.joined(separator: "; ") }
    for part in identity.parts {
      if let images = part.images { provenance["attack-images"] = "\(images)" }
      if let origin = part.origin { provenance["files-of-\(part.label)"] = origin }
    }
    return provenance
  }

  var identity: SuiteFolder.Identity {
    let sweeps = suite.images.map { sweep in
      SuiteFolder.Identity.Part(
        label: sweep.perturbation.label, summary: sweep.perturbation.summary,
        severities: sweep.severities, draws: sweep.draws, seed: sweep.seed,
        origin: sweep.perturbation.origin)
    }
    let weights = suite.weights.flatMap { selection in
      selection.perturbations.map { perturbation in
        SuiteFolder.Identity.Part(
          label: perturbation.label,
          summary: perturbation.kind.summary
            + (perturbation.kind == .lesionPatch
              ? ", \(selection.centres.map { "\($0)" } ?? "all") centres" : ""),
          severities: selection.severities(of: perturbation), draws: selection.draws,
          seed: selection.seed)
      }
    }
    let attacks = suite.attacks.flatMap { selection in
      selection.attacks.map { attack in
        SuiteFolder.Identity.Part(
          label: attack.label,
          summary: "\(attack.steps) steps of \(attack.stepShare)"
            + (attack.randomStart ? " from a random start" : ""),
          severities: selection.epsilons ?? attack.epsilons(for: images.shape), draws: 1,
          seed: selection.seed,
          images: selection.images ?? min(AttackSelection.defaultImages, images.count))
      }
    }
    return SuiteFolder.Identity(
      suite: suite.name, parts: sweeps + weights + attacks,
      models: models.map {
        SuiteFolder.Identity.Model(
          condition: $0.condition, seed: $0.seed, checksum: $0.network.checksum,
          normalization: $0.normalization == normalization ? nil : $0.normalization)
      },
      data: SuiteFolder.Identity.Images(
        name: dataset, split: split, count: images.count, checksum: images.checksum,
        normalization: normalization),
      version: toposheetVersion)
  }
}
