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
      the same degraded images. --logits, --sheet and --images write NPY arrays for one model and one way to show \
      the images (clean, or a single noise, level and draw).

      Examples:
        toposheet evaluate runs/ws --data mnist --noise white,pink,salt-pepper --out runs/ws-metrics
        toposheet evaluate model.safetensors --data mnist --logits logits.npy
        toposheet evaluate runs/ws --data mnist --attack fgsm,pgd-linf --out runs/ws-attacked
        toposheet evaluate runs/ws --data mnist --suite noise,adversarial --out runs/ws-suite
        toposheet evaluate runs/ws --data mnist --suite mnist-c --out runs/ws-c --examples c.png
        toposheet evaluate runs/ws --data mnist --weights all --layers dense --out runs/ws-damaged
      """)

  @Argument(help: "Models, or folders of models.", completion: .file())
  var models: [String]

  @Option(help: "A data set's name or its folder.")
  var data: String

  @Option(help: "Images to show: test or train (the training files).")
  var split: Split = .test

  @OptionGroup var device: DeviceOptions

  @OptionGroup var memory: MemoryOptions

  @Option(help: "Noises: white, pink, salt-pepper, with commas; none by default.")
  var noise = "none"

  @Option(
    parsing: .unconditional,
    help: "Noise levels from 0 to 1, with commas; by default 0.01,0.05,0.1,0.15,0.2.")
  var levels: String?

  @Option(help: "Draws of each noise at each level; 5 by default.")
  var draws: Int?

  @Option(help: "Seed of the noise.")
  var noiseSeed: UInt64 = 0

  @OptionGroup var attacks: AttackOptions

  @OptionGroup var suites: SuiteOptions

  @Flag(help: "Go on with the suite that the folder holds.")
  var resume = false

  @OptionGroup var picture: ExampleOptions

  @OptionGroup var weights: WeightOptions

  @Option(help: "Constants for test images: matched, or as-published (CIFAR-10's other ones).")
  var normalization: NormalizationProtocol = .matched

  @Option(help: "Use the first so many images only.")
  var subset: Int?

  @Option(help: "Write logits, float32 [images, classes].")
  var logits: String?

  @Option(help: "Write the pre-ReLU sheet, float32 [images, units].")
  var sheet: String?

  @Option(help: "Write the images in [0, 1] as the network got them before normalisation.")
  var images: String?

  @Option(help: "Folder for metrics.csv and metrics.json.")
  var out: String?

  /// Which images.
  enum Split: String, ExpressibleByArgument, CaseIterable { case test, train }

  func run() throws {
    try picture.check()
    if suites.suite != nil { return try runSuite() }
    for name in (resume ? ["--resume"] : []) + suites.sources.given {
      throw ValidationError("\(name) belongs to --suite: name a suite, such as --suite noise")
    }
    guard picture.examples == nil || noise != "none" else {
      throw ValidationError(
        "--examples draws perturbations of images, but there is none: add --noise or --suite")
    }
    for (name, isGiven) in [("--levels", levels != nil), ("--draws", draws != nil)]
    where isGiven && noise == "none" {
      throw ValidationError("\(name) belongs to --noise: name some, such as --noise white,pink")
    }
    let selection = try NoiseSelection(
      noises: try NoiseSelection.noises(noise),
      levels: try levels.map(NoiseSelection.levels) ?? Noise.publishedLevels,
      draws: draws ?? Noise.defaultDraws, seed: noiseSeed)
    let attackSelection = try attacks.selection()
    let weightSelection = try weights.selection()
    let dataset = try Dataset.load(data)
    let source = split == .test ? dataset.test : dataset.training
    var evaluation = Evaluation(
      images: try subset.map { try source.subset($0) } ?? source, dataset: dataset.name,
      normalization: split == .test
        ? dataset.testNormalization(normalization) : dataset.normalization,
      noise: selection)
    var attack = try attackSelection.map {
      try AttackEvaluation(
        images: evaluation.images, dataset: dataset.name, normalization: evaluation.normalization,
        selection: $0)
    }
    let models = try load(images: dataset.shape, of: dataset.name)
    let exports = try exports(selection, models: models.count)
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
    // Last, so that what cannot be evaluated leaves no folder.
    let folder = try out.map(OutputFolder.prepare)
    try picture.draw(evaluation.images, selection.sweeps)
    var status = StatusLine()
    let began = ContinuousClock.now
    var records = try evaluation.run(
      models, device: device,
      progress: { done, all in
        status.show("evaluating", done: done, of: all, "perturbation", since: began)
      },
      inspect: exports.map { exports in
        { _, shown, outputs, _ in try exports.write(shown, outputs, evaluation) }
      })
    if let attack {
      let began = ContinuousClock.now
      records += try attack.run(models, device: device) { done, all in
        status.show("attacking", done: done, of: all, "gradient", since: began)
      }
    }
    records += try weights.records(
      weightSelection, like: evaluation, of: models, device: device, status: &status)
    status.clear()
    if let folder {
      var provenance = [
        "version": toposheetVersion, "device": device.information.name,
        "driver": device.information.driverAndTuning, "data": dataset.name,
        "split": split.rawValue,
        "images": "\(evaluation.images.count)", "noise-seed": "\(noiseSeed)",
        "normalization": normalization.rawValue,
      ]
      if let attack {
        provenance["attack-images"] = "\(attack.images.count)"
        provenance["attack-seed"] = "\(attack.selection.seed)"
        let epsilons = attack.selection.epsilonNames.values.sorted().joined(separator: ",")
        if !epsilons.isEmpty { provenance["epsilons"] = epsilons }
      }
      provenance.merge(WeightOptions.provenance(weightSelection)) { $1 }
      try RecordTable(records, provenance: provenance).write(to: folder)
    }
    try ResultTables(records, epsilons: attackSelection?.epsilonNames ?? [:])
      .present(keptIn: folder)
    if let folder {
      Terminal.print(
        "Metrics: \(folder.path)/metrics.csv and metrics.json; these tables: tables.txt")
    }
  }

  /// The models, each under a name of its own: measures of two that share one could not be told
  /// apart.
  func load(images: ImageShape, of dataset: String) throws -> [EvaluatedModel] {
    var others: Set<String> = []
    var files: [String: URL] = [:]
    return try ModelFiles.find(models).map { url in
      let model = try EvaluatedModel(contentsOf: url, images: images)
      if let trained = model.trainedOn, trained != dataset, others.insert(trained).inserted {
        Terminal.error("note: trained on \(trained), evaluated on \(dataset): \(url.path)")
      }
      let name = "\(model.condition)/seed-\(model.seed)"
      if let other = files.updateValue(url, forKey: name) {
        throw FileError(
          url, "is called \(name) in the results, as is \(other.path); evaluate them one at a time")
      }
      return model
    }
  }

  private func exports(_ selection: NoiseSelection, models: Int) throws -> ArrayExports? {
    guard logits != nil || sheet != nil || images != nil else { return nil }
    let noisy =
      selection.noises.count * selection.levels.count * selection.draws
    guard models == 1, noisy <= 1 else {
      throw ValidationError(
        "--logits, --sheet and --images are for one model and one way to show the images: give one "
          + "MODEL and at most one noise, one level and --draws 1")
    }
    let exports = ArrayExports(logits: logits, sheet: sheet, images: images)
    try exports.check()
    return exports
  }
}

extension NormalizationProtocol: ExpressibleByArgument {}
