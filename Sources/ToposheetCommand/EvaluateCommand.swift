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
      folder, of which every model.safetensors is taken, or every .safetensors file where none is \
      called so (control_seed0.safetensors is seed 0 of the condition control). All networks see \
      the same degraded images.

      --logits, --sheet and --images write NPY arrays, for one way to show the images (clean, or a \
      single noise, level and draw), with the labels beside them. Of one model, F.npy and \
      F-labels.npy; of several, or where a folder is named, \
      FOLDER/<condition>-seed-<n>-logits.npy, FOLDER/images.npy and FOLDER/labels.npy.

      Examples:
        toposheet evaluate runs/ws --noise white,pink,salt-pepper --out runs/ws-noise
        toposheet evaluate model.safetensors --data mnist --logits logits.npy
        toposheet evaluate runs/ws --sheet arrays/ --logits arrays/
        toposheet evaluate runs/ws --attack fgsm,pgd-linf --out runs/ws-attacked
        toposheet evaluate runs/ws --suite noise,adversarial --out runs/ws-suite
        toposheet evaluate runs/ws --suite mnist-c --examples c.png --out runs/ws-c
        toposheet evaluate runs/ws --weights all --layers dense --out runs/ws-damaged
      """)

  @Argument(help: "Models, or folders of models.", completion: .file())
  var models: [String]

  @OptionGroup(title: "Images") var shown: ShownImages

  @OptionGroup(title: "Noise") var noises: NoiseOptions

  @OptionGroup(title: "Attacks") var attacks: AttackOptions

  @OptionGroup(title: "Suites") var suites: SuiteOptions

  @OptionGroup var resumption: ResumeOptions

  @OptionGroup var tables: TableOptions

  @OptionGroup(title: "Suites") var picture: ExampleOptions

  @OptionGroup(title: "Damaged weights") var weights: WeightOptions

  @OptionGroup(title: "Arrays") var arrays: ArrayOptions

  @OptionGroup(title: "Device") var device: DeviceOptions

  @OptionGroup(title: "Device") var memory: MemoryOptions

  @Option(
    help: ArgumentHelp("Folder for metrics.csv and metrics.json.", valueName: "folder"),
    completion: .directory)
  var out: String?

  /// Which images.
  enum Split: String, ExpressibleByArgument, CaseIterable { case test, train }

  func run() throws {
    try picture.check()
    if suites.suite != nil { return try runSuite() }
    for name in (resumption.isGiven ? ["--resume"] : []) + suites.sources.given {
      throw ValidationError("\(name) belongs to --suite: name a suite, such as --suite noise")
    }
    guard picture.examples == nil || noises.isGiven else {
      throw ValidationError(
        "--examples draws perturbations of images, but there is none: add --noise or --suite")
    }
    let selection = try noises.selection()
    let attackSelection = try attacks.selection()
    let weightSelection = try weights.selection()
    let dataset = try shown.dataset(of: models)
    let split = shown.split
    let source = split == .test ? dataset.test : dataset.training
    var evaluation = Evaluation(
      images: try shown.subset.map { try source.subset($0) } ?? source, dataset: dataset.name,
      normalization: dataset.normalization, noise: selection)
    var attack = try attackSelection.map {
      try AttackEvaluation(
        images: evaluation.images, dataset: dataset.name, normalization: evaluation.normalization,
        selection: $0)
    }
    let models = try load(for: dataset)
    let exports = try exports(selection, of: models)
    // With arrays to write, a single way to show the images was asked for: that one alone.
    if exports != nil, !selection.noises.isEmpty { evaluation.includesClean = false }
    for model in models {
      try model.network.architecture.requireFit(
        images: dataset.shape, classes: dataset.classes, of: dataset.name)
      try weightSelection?.check(model.network.architecture)
    }
    evaluation.memoryLimit = try memory.bytes()
    attack?.memoryLimit = evaluation.memoryLimit
    let device = try device.open()
    try picture.draw(evaluation.images, selection.sweeps)
    // Last, so that what cannot be evaluated leaves no folder.
    let output = try out.map(OutputFolder.prepare)
    defer { output?.giveUp() }
    let folder = output?.url
    let locks = try exports?.prepare() ?? []
    defer { for lock in locks { lock.giveUp() } }
    let images = evaluation.images
    var isFirst = true
    var status = StatusLine()
    let began = ContinuousClock.now
    var records = try evaluation.run(
      models, device: device,
      progress: { done, all in
        status.show("evaluating", done: done, of: all, "perturbation", since: began)
      },
      inspect: exports.map { exports in
        { _, shown, outputs, pack in
          if isFirst { try exports.writeShared(shown, images) }
          isFirst = false
          try exports.write(outputs, of: pack)
        }
      })
    if let attack {
      let began = ContinuousClock.now
      records += try attack.run(models, device: device) { done, all in
        status.show("attacking", done: done, of: all, "gradient", since: began)
      }
    }
    records += try weights.records(
      weightSelection, like: evaluation, of: models, device: device, status: &status)
    records = NetworkStates.marked(records)
    status.clear()
    for line in DeadNetworks.lines(records) { Terminal.error("note: \(line)") }
    if let folder {
      var provenance = [
        "version": toposheetVersion, "device": device.information.name,
        "driver": device.information.driverAndTuning, "data": dataset.name,
        "split": split.rawValue,
        "images": "\(evaluation.images.count)", "noise-seed": "\(noises.noiseSeed)",
        "normalization": shown.normalization,
      ].merging(NormalizationRecord.of(models, else: evaluation.normalization)) { $1 }
      if let attack {
        provenance["attack-images"] = "\(attack.images.count)"
        provenance["attack-seed"] = "\(attack.selection.seed)"
        let epsilons = attack.selection.epsilonNames.values.sorted().joined(separator: ",")
        if !epsilons.isEmpty { provenance["epsilons"] = epsilons }
      }
      provenance.merge(WeightOptions.provenance(weightSelection)) { $1 }
      try output?.requireInPlace()
      try RecordTable(records, provenance: provenance).write(to: folder)
    }
    try ResultTables(
      records, epsilons: attackSelection?.epsilonNames ?? [:], includesDead: tables.includeDead
    ).present(keptIn: folder)
    if let folder {
      Terminal.print(
        "Metrics: \(folder.path)/metrics.csv and metrics.json; these tables: tables.txt")
    }
  }

  /// The models, each under a name of its own: measures of two that share one could not be told
  /// apart.
  func load(for dataset: Dataset) throws -> [EvaluatedModel] {
    let choice = try NormalizationChoice(shown.normalization)
    var others: Set<String> = []
    var wrappers: Set<String> = []
    var files: [String: URL] = [:]
    var strangers: [URL] = []
    let found = try ModelFiles.find(models).map { url in
      var model = try EvaluatedModel(contentsOf: url, images: dataset.shape)
      if let trained = model.trainedOn, trained != dataset.name, others.insert(trained).inserted {
        Terminal.error("note: trained on \(trained), evaluated on \(dataset.name): \(url.path)")
      }
      if model.normalization == nil { strangers.append(url) }
      model.normalization = try dataset.normalization(
        choice, own: model.normalization, isTest: shown.split == .test, network: url.path)
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
    if choice == .automatic, let first = strangers.first {
      let others = strangers.count > 1 ? " and \(strangers.count - 1) more" : ""
      Terminal.error(
        "note: \(first.path)\(others): how the training images were normalised is not known; the "
          + "constants of \(dataset.name) are used, --normalization gives others")
    }
    return found
  }

  /// Names the networks of finished studies whose models are gone: fewer seeds would pass unseen.
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

  /// Places for arrays; nil where none was asked for.
  private func exports(
    _ selection: NoiseSelection, of models: [EvaluatedModel]
  ) throws -> ArrayExports? {
    guard !arrays.given.isEmpty else { return nil }
    guard selection.noises.count * selection.levels.count * selection.draws <= 1 else {
      throw ValidationError(
        "--logits, --sheet and --images are for one way to show the images: give at most one "
          + "noise, one level and --draws 1")
    }
    let exports = try ArrayExports(arrays, models: models)
    try exports.check()
    return exports
  }
}
