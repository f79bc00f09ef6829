import ArgumentParser
import Foundation
import Toposheet

/// Evaluates models.
struct EvaluateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate",
    abstract:
      "Measure trained networks: accuracy, calibration, noise, attacks, lesions, Moran's I.",
    discussion: """
      MODEL is a safetensors file of this program or of PyTorch (the paper's two classes), or a \
      folder: every model.safetensors in it is evaluated, or every .safetensors file if there is \
      none of that name (control_seed0.safetensors is seed 0 of the condition control). All \
      networks are evaluated on the same perturbed images.

      --logits, --sheet and --images write NPY arrays of a single task (clean images, or one \
      noise, level and draw) and the labels: F.npy and F-labels.npy for one model; for several, or \
      if a folder is named, FOLDER/<condition>-seed-<n>-logits.npy, FOLDER/images.npy and \
      FOLDER/labels.npy.

      Examples:
        toposheet evaluate runs/ws --noise white,pink,salt-pepper --out runs/ws-noise
        toposheet evaluate model.safetensors --data mnist --logits logits.npy
        toposheet evaluate runs/ws --sheet arrays/ --logits arrays/
        toposheet evaluate runs/ws --attack fgsm,pgd-linf --out runs/ws-attacked
        toposheet evaluate runs/ws --suite noise,adversarial --out runs/ws-suite
        toposheet evaluate runs/ws --suite mnist-c --examples c.png --out runs/ws-c
        toposheet evaluate runs/ws --analyses all --out runs/ws-learned
        toposheet evaluate runs/ws --weights all --layers dense --out runs/ws-weights
        toposheet evaluate runs/ws --epoch 5 --suite noise --out runs/ws-epoch-5
      """)

  @Argument(help: "Models, or folders of models.", completion: .file())
  var models: [String]

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Evaluate the networks that folders keep of this epoch (snapshots in plans, --snapshots of "
        + "train) instead of the models.", valueName: "n"))
  var epoch: Int?

  @OptionGroup(title: "Images") var imageOptions: ImageOptions

  @OptionGroup(title: "Noise") var noises: NoiseOptions

  @OptionGroup(title: "Attacks") var attacks: AttackOptions

  @OptionGroup(title: "Suites") var suites: SuiteOptions

  @OptionGroup var resumption: ResumeOptions

  @OptionGroup var tables: TableOptions

  @OptionGroup(title: "Suites") var picture: ExampleOptions

  @OptionGroup(title: "Perturbed weights") var weights: WeightOptions

  @OptionGroup(title: "Analyses") var analyses: AnalysisOptions

  @OptionGroup(title: "Arrays") var arrays: ArrayOptions

  @OptionGroup(title: "Picture of sheets") var map: MapOptions

  @OptionGroup(title: "Device") var device: DeviceOptions

  @OptionGroup(title: "Device") var memory: MemoryOptions

  @Option(
    help: ArgumentHelp(
      "Folder for the results; without it they are only printed.", valueName: "folder"),
    completion: .directory)
  var out: String?

  func run() throws {
    try picture.check()
    try map.check()
    try suites.checkNames()
    try checkOptions()
    let chosen = try suites.suite == nil ? nil : suites.choice()
    let parts = try chosen == nil ? optionParts() : []
    let data = try imageOptions.images(of: models, epoch: epoch)
    let given =
      try chosen.map { try self.suite($0, for: data.images) } ?? Suite(of: parts, imageOptions)
    let choice = try imageOptions.choice(or: chosen?.description?.normalization)
    let models = try load(for: data, choice)
    let suite = try given.fitted(networks: models.map(\.condition))
    let exports = try exports(suite, of: models)
    var run = try SuiteRun(
      suite: suite, models: models, images: data.images, dataset: data.name,
      split: data.split.rawValue, normalization: models[0].normalization ?? data.normalization(),
      memoryLimit: try memory.bytes())
    run.acceptsOtherDevices = resumption.resumeAnyway
    let device = try device.open()
    // Before the folder is made: a suite that does not fit the networks leaves none.
    _ = try suite.evaluations(in: run.context, on: device.measuring())
    let folder = try out.map(OutputFolder.url)
    let notes = suite.notes + (chosen?.folders.notes(suite) ?? [])
    // The picture first: it is quick, and lets the user check the suite.
    try picture.draw(run.context.images, suite.images)
    for note in notes + PeopleNote.lines(suite, labels: run.context.images.labels) {
      Terminal.error(note)
    }
    let elsewhere = models.filter { $0.trainedOn.map { $0 != data.name } ?? false }
    let locks = try exports?.prepare() ?? []
    do {
      defer { for lock in locks { lock.release() } }
      try evaluate(run, in: folder, on: device, notes, elsewhere: Set(elsewhere.map(\.identity)))
      try exports?.write(suite, in: run.context, on: device)
    } catch {
      exports?.removeEmptyFolders()
      throw error
    }
    try map.draw(run.context, on: device)
  }

  private func evaluate(
    _ run: SuiteRun, in folder: URL?, on device: any Device, _ notes: [String],
    elsewhere: Set<NetworkIdentity>
  ) throws {
    let began = ContinuousClock.now
    var report = SuiteReport(isResumable: folder != nil)
    var note = folder.map { resumption.note($0, marker: "suite.json") }
    let records: [Record]
    let ensembles: [EnsembleSummary]
    if let folder {
      records = try run.run(in: folder, device: device, resume: resumption.isGiven) {
        note?.show()
        report.show($0)
      }
      ensembles = try EnsembleFile.read(in: folder)
    } else {
      let results = try run.results(device: device) { report.show($0) }
      (records, ensembles) = (results.records, results.findings.ensembles)
    }
    report.clear()
    for line in DeadNetworks.lines(records, elsewhere: elsewhere) {
      Terminal.error("note: \(line)")
    }
    try ResultTables(
      records, ensembles: ensembles, epsilons: run.suite.severityNames, notes: notes,
      includesDead: tables.includeDead
    ).present(keptIn: folder, printsNotes: false)
    guard let folder else { return }
    let seconds = (ContinuousClock.now - began).seconds
    Terminal.print(
      """
      Took \(Readable.duration(seconds)). Everything is in \(folder.path):
      \(ResultFiles.evaluation)
      """)
    for (file, line) in [
      (FindingsTables.units, ResultFiles.findings),
      (FindingsTables.similarities, ResultFiles.similarities),
      (EnsembleFile.name, ResultFiles.ensembles),
    ] where FileManager.default.fileExists(atPath: folder.appending(path: file).path) {
      Terminal.print(line)
    }
  }

  /// Refuses options that exclude each other, or have no effect.
  /// - Throws: `ValidationError`.
  private func checkOptions() throws {
    if resumption.isGiven, out == nil {
      throw ValidationError("--resume continues what a folder holds: name it with --out")
    }
    guard suites.suite != nil else {
      guard picture.examples == nil || noises.isGiven else {
        throw ValidationError(
          "--examples draws perturbations of images, but there is none: add --noise or --suite")
      }
      for name in suites.sources.given {
        throw ValidationError(
          "\(name) belongs to --suite: name a suite, such as --suite corruptions")
      }
      return
    }
    for name in noises.givenNames + analyses.givenNames + attacks.givenNames
      + arrays.given.map(\.name) + weights.given
    {
      throw ValidationError(
        "\(name) does not go with --suite: write your own suite file (see Plans/suite-example.yaml)"
      )
    }
  }

  // MARK: What is evaluated

  /// The parts of a suite that the options describe.
  private func optionParts() throws -> [any SuitePart] {
    let parts: [(any SuitePart)?] = [
      try noises.part(), try analyses.part(), try weights.part(), try attacks.part(),
    ]
    return parts.compactMap { $0 }
  }

  /// The suite that was named.
  /// - Throws: `UserError`, `ValidationError`.
  private func suite(_ chosen: SuiteChoice, for images: ImageSet) throws -> Suite {
    var options = SuitePreset.Options()
    options.draws = noises.draws
    options.seed = noises.noiseSeed ?? 0
    options.weightDraws = weights.weightDraws ?? options.weightDraws
    options.weightSeed = weights.weightSeed ?? 0
    options.epsilons = try attacks.epsilons.map(AttackPart.epsilons)
    options.epsilonNames = try attacks.epsilonNames()
    options.attackImages = attacks.attackImages
    options.attackSeed = attacks.attackSeed ?? 0
    let suite = try chosen.suite(
      for: images, isTraining: imageOptions.split == .training, options: options,
      names: "--draws, --weight-draws, --epsilons, --attack-images and the seeds",
      subset: imageOptions.subset)
    let weightParts = suite.parts(WeightPart.self)
    let attackParts = suite.parts(AttackPart.self)
    let imageParts = suite.parts(ImagePart.self)
    for (name, isGiven, isUsed) in [
      ("--draws", noises.draws != nil, imageParts.contains(where: \.isRandom)),
      ("--noise-seed", noises.noiseSeed != nil, imageParts.contains(where: \.isRandom)),
      ("--weight-draws", weights.weightDraws != nil, weightParts.contains(where: \.hasDraws)),
      ("--weight-seed", weights.weightSeed != nil, weightParts.contains(where: \.isRandom)),
      ("--epsilons", attacks.epsilons != nil, !attackParts.isEmpty),
      ("--attack-images", attacks.attackImages != nil, !attackParts.isEmpty),
      ("--attack-seed", attacks.attackSeed != nil, attackParts.contains(where: \.isRandom)),
    ] where isGiven && !isUsed {
      throw ValidationError("\(name) does not concern the suite \(suite.name): leave it out")
    }
    return suite
  }

  /// Loads the models. Their names must differ, as records refer to networks by name.
  /// - Throws: `UserError`.
  private func load(
    for data: SplitImages, _ choice: NormalizationChoice
  ) throws -> [EvaluatedModel] {
    var otherData: Set<String> = []
    var wrappers: Set<String> = []
    var files: [String: URL] = [:]
    var unrecorded: [URL] = []
    let found = try ModelFiles.find(models, epoch: epoch).map { url in
      var model = try EvaluatedModel(contentsOf: url, images: data.images.shape)
      if let trained = model.trainedOn, trained != data.name, otherData.insert(trained).inserted {
        Terminal.error("note: trained on \(trained), evaluated on \(data.name): \(url.path)")
      }
      if model.normalization == nil { unrecorded.append(url) }
      model.normalization = try data.normalization(
        choice, own: model.normalization, network: url.path)
      if let wrapper = model.wrapper, wrappers.insert(wrapper).inserted {
        Terminal.error(
          "note: took \(wrapper) off the names of tensors, where a wrapper had put it: \(url.path)")
      }
      let name = "\(model.condition)/seed-\(model.seed)"
      if let other = files.updateValue(url, forKey: name) {
        throw UserError(
          url, "is called \(name) in the results, as is \(other.path); evaluate them one at a time")
      }
      return model
    }
    noteMissing()
    if choice == .automatic, let first = unrecorded.first {
      let others = unrecorded.count > 1 ? " and \(unrecorded.count - 1) more" : ""
      Terminal.error(
        "note: \(first.path)\(others): how the training images were normalized is not known; the "
          + "constants of \(data.name) are used; choose others with --normalization")
    }
    return found
  }

  /// Notes the networks of finished studies whose models are missing: otherwise the results would
  /// be those of fewer seeds without a notice.
  private func noteMissing() {
    for name in models {
      let url = URL(filePath: name)
      guard let members = StudyFolder.members(in: url),
        let progress = try? StudyFolder.progress(in: url), progress.finished
      else { continue }
      let stopped = Set(progress.stopped.map(\.member))
      let missing = members.filter { member in
        let model = url.appending(path: member.path).appending(path: "model.safetensors")
        return !stopped.contains(member) && !FileManager.default.fileExists(atPath: model.path)
      }
      guard let first = missing.first else { continue }
      let others = missing.count > 1 ? " and \(missing.count - 1) more" : ""
      Terminal.error(
        "note: \(name): the study has \(members.count.counted("network")), of which "
          + "\(first.path)\(others) left no model here; the command that trained them, with "
          + "--resume, trains them again")
    }
  }

  /// The files for arrays; nil if none was asked for.
  /// - Throws: `ValidationError`, `UserError`.
  private func exports(_ suite: Suite, of models: [EvaluatedModel]) throws -> ArrayExports? {
    guard !arrays.given.isEmpty else { return nil }
    let tasks = suite.images.reduce(0) { $0 + $1.severities.count * $1.draws }
    guard tasks <= 1 else {
      throw ValidationError(
        "--logits, --sheet and --images write arrays of a single task: give at most one noise, one "
          + "level and --draws 1")
    }
    let exports = try ArrayExports(arrays, models: models)
    try exports.check()
    return exports
  }
}

extension Suite {
  /// The suite that options describe, for `evaluate`.
  /// - Throws: `UserError` if a perturbation is named twice.
  fileprivate init(of parts: [any SuitePart], _ images: ImageOptions) throws {
    self.init(name: "options of evaluate", subset: images.subset)
    for part in parts { try add(part) }
  }
}
