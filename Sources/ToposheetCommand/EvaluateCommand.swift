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
        toposheet evaluate runs/ws --epoch all --suite noise --out runs/ws-epochs
      """)

  @Argument(help: "Models, or folders of models.", completion: .file())
  var models: [String]

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Evaluate the networks that folders keep of an epoch (snapshots in plans, --snapshots of "
        + "train) instead of the models. Several epochs, such as 1,5,10, and `all` are evaluated "
        + "one after the other, each into a folder epoch-<n> in --out.", valueName: "list"))
  var epoch: String?

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
    let epochs = try epoch.map { try ModelFiles.epochs($0, of: models) }
    let data = try imageOptions.images(of: models, epoch: epochs?.first)
    let given =
      try chosen.map { try self.suite($0, for: data.images) } ?? Suite(of: parts, imageOptions)
    let choice = try imageOptions.choice(or: chosen?.description?.normalization)
    let folder = try out.map(OutputFolder.url)
    guard let epochs, epoch.flatMap({ Int($0) }) == nil else {
      return try evaluate(
        given, chosen, on: data, choice, epoch: epochs?.first, in: folder,
        resumption: folder.map { resumption.note($0, marker: "suite.json") },
        report: SuiteReport(isResumable: folder != nil))
    }
    let folders = folder.map { out in epochs.map { out.appending(path: "epoch-\($0)/") } }
    var note = folder.map { out in
      resumption.note(out, markers: epochs.map { "epoch-\($0)/suite.json" })
    }
    let opened = try device.open()
    for (index, epoch) in epochs.enumerated() {
      let place = "\(index + 1) of \(epochs.count)"
      Terminal.error("epoch \(epoch), \(place)")
      if folder != nil, index > 0 {
        Interruption.sayHowToContinue(after: "after \(index) of \(epochs.count) epochs")
      }
      Terminal.print((index > 0 ? "\n" : "") + "Epoch \(epoch)\n")
      try evaluate(
        given, chosen, on: data, choice, epoch: epoch, in: folders?[index], resumption: note,
        report: SuiteReport(isResumable: folder != nil, scope: " of epoch \(epoch) (\(place))"),
        opened: opened, isFirst: index == 0)
      note = nil
    }
  }

  /// Evaluates the models, or the networks of one epoch.
  /// - Parameters:
  ///   - chosen: the suite that was named; nil if options describe it.
  ///   - folder: for the results; nil to print them only.
  ///   - resumption: a note that there is nothing to continue.
  ///   - report: shows the progress.
  ///   - opened: the device; nil to open it.
  ///   - isFirst: whether notes are printed that are the same for all epochs.
  private func evaluate(
    _ given: Suite, _ chosen: SuiteChoice?, on data: SplitImages, _ choice: NormalizationChoice,
    epoch: Int?, in folder: URL?, resumption note: ResumeOptions.Note?, report: SuiteReport,
    opened: (any Device)? = nil, isFirst: Bool = true
  ) throws {
    let models = try load(for: data, choice, epoch: epoch, notes: isFirst)
    let suite = try given.fitted(networks: models.map(\.condition))
    let exports = try exports(suite, of: models)
    var run = try SuiteRun(
      suite: suite, models: models, images: data.images, dataset: data.name,
      split: data.split.rawValue, normalization: models[0].normalization ?? data.normalization(),
      memoryLimit: try memory.bytes())
    run.acceptsOtherDevices = resumption.resumeAnyway
    let device = try opened ?? device.open()
    // Before the folder is made: a suite that does not fit the networks leaves none.
    _ = try suite.evaluations(in: run.context, on: device.measuring())
    let notes = suite.notes + (chosen?.folders.notes(suite) ?? [])
    if isFirst {
      // The picture first: it is quick, and lets the user check the suite.
      try picture.draw(run.context.images, suite.images)
      for note in notes + PeopleNote.lines(suite, labels: run.context.images.labels) {
        Terminal.error(note)
      }
    }
    let elsewhere = models.filter { $0.trainedOn.map { $0 != data.name } ?? false }
    let locks = try exports?.prepare() ?? []
    do {
      defer { for lock in locks { lock.release() } }
      try evaluate(
        run, in: folder, on: device, notes, note, report,
        elsewhere: Set(elsewhere.map(\.identity)))
      try exports?.write(suite, in: run.context, on: device)
    } catch {
      exports?.removeEmptyFolders()
      throw error
    }
    try map.draw(run.context, on: device)
  }

  private func evaluate(
    _ run: SuiteRun, in folder: URL?, on device: any Device, _ notes: [String],
    _ resumption: ResumeOptions.Note?, _ report: SuiteReport, elsewhere: Set<NetworkIdentity>
  ) throws {
    let began = ContinuousClock.now
    var report = report
    var note = resumption
    let records: [Record]
    let ensembles: [EnsembleSummary]
    if let folder {
      records = try run.run(in: folder, device: device, resume: self.resumption.isGiven) {
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
    if let epoch, Int(epoch) == nil {
      for name in arrays.given.map(\.name) + (map.map == nil ? [] : ["--map"]) {
        throw ValidationError("\(name) is of one epoch: give one, such as --epoch 5")
      }
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
