import ArgumentParser
import Foundation
import Toposheet

/// Exports damaged images.
struct CorruptCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "corrupt",
    abstract: "Write images as perturbations leave them, and pictures of examples.",
    usage: "toposheet corrupt --data <name|folder> [<options>]",
    discussion: """
      Images come out as `toposheet evaluate` shows them to networks. F.npy holds uint8, block after \
      block: perturbation by perturbation, severity by severity (as CIFAR-10-C's files do), draw by \
      draw. Beside it, F.json says which block is which, and F-labels.npy holds a block's labels. A \
      perturbation is a name, such as white, corruption/fog or mnist-c/shear, or a family, such as \
      mnist-c; --suite takes those of a suite, with its severities and draws.

      Severities count from 1: the fifth severity of white is its fifth published level, 0.2. \
      --levels sets noise levels themselves.

      Examples:
        toposheet corrupt --data mnist --perturbation mnist-c --examples mnist-c.png
        toposheet corrupt --data cifar10 --suite corruptions --out corruptions.npy
        toposheet corrupt --data cifar10 --perturbation white,pink --levels 0.1 \\
          --out noise.npy
        toposheet corrupt --data cifar10 --perturbation corruption/frost \\
          --corruption-folder CIFAR-10-C --severities 3 --float --out frost.npy
      """)

  @OptionGroup(title: "What to damage, and how") var chosen: PerturbationOptions

  @OptionGroup(title: "Suites and files of perturbations") var suites: SuiteOptions

  @Option(
    help: ArgumentHelp(
      "Order of an image's values, channels last or first; nchw for --float, else nhwc.",
      valueName: "name"))
  var layout: PerturbedImagesFile.Layout?

  @Flag(help: "Write float32 in [0, 1] rather than uint8.")
  var float = false

  @Option(
    help: ArgumentHelp("Write the images to this NPY file.", valueName: "file.npy"),
    completion: .file(extensions: ["npy"]))
  var out: String?

  @OptionGroup(title: "Picture of examples") var picture: ExampleOptions

  func run() throws {
    try check()
    let lock = try out.map { try OutputFile.take($0, option: "--out") }
    defer { lock?.giveUp() }
    // Another process may have written it in between.
    try checkIsNew()
    let data = try SplitImages.load(chosen.data, chosen.split)
    let (sweeps, subset) = try selection(data.images)
    let images = try subset.map { try data.images.subset($0) } ?? data.images
    // The picture first: it is quick, and shows whether this is what was meant.
    try picture.draw(images, sweeps)
    guard let out else { return }
    let file = PerturbedImagesFile(
      images: images, sweeps: sweeps, isFloat: float, layout: layout ?? (float ? .nchw : .nhwc))
    let provenance = [
      "version": toposheetVersion, "data": data.name, "split": data.split.rawValue,
    ]
    var status = StatusLine()
    try file.write(to: URL(filePath: out), provenance: provenance) { done, all in
      status.show("writing", done: done, of: all, "block")
    }
    status.clear()
    Terminal.print(
      "Images: \(out), \(file.blocks.count) x \(images.count); what is in it: "
        + PerturbedImagesFile.description(of: out))
  }

  /// Refuses options that do not go together, and places that cannot be written to.
  private func check() throws {
    guard out != nil || picture.examples != nil else {
      throw ValidationError("there is nothing to write: give --out or --examples, or both")
    }
    guard (chosen.perturbation == nil) != (suites.suite == nil) else {
      throw ValidationError(
        chosen.perturbation == nil
          ? "there is no perturbation: name some with --perturbation, or a suite with --suite"
          : "--perturbation and --suite do not go together: give one of them")
    }
    for (name, isGiven) in [
      ("--severities", chosen.severities != nil), ("--levels", chosen.levels != nil),
    ]
    where isGiven && suites.suite != nil {
      throw ValidationError(
        "\(name) does not go with --suite: name perturbations, or write a suite of your own (see "
          + "Plans/suite-example.yaml)")
    }
    try suites.checkNames()
    try checkIsNew()
    try picture.check()
    try OutputFile.check(
      [
        out, out.map(PerturbedImagesFile.labels), out.map(PerturbedImagesFile.description),
        picture.examples,
      ], kind: "images", example: "images.npy")
  }

  /// Refuses to replace files.
  private func checkIsNew() throws {
    for path in out.map({ [$0, PerturbedImagesFile.description(of: $0)] }) ?? []
    where access(path, F_OK) == 0 {
      throw UserError(path, "is there already; choose another name with --out, or remove it")
    }
  }

  /// What is done to how many images; nil for all.
  private func selection(_ images: ImageSet) throws -> ([PerturbationSweep], subset: Int?) {
    guard let perturbation = chosen.perturbation else { return try suiteSelection(images) }
    let shape = images.shape
    let catalog = try suites.sources.folders().catalog(
      for: images, isTraining: chosen.split == .training)
    let levels = try chosen.levels.map(NoiseSelection.levels)
    let steps = try chosen.severities.map(SeveritySteps.init)
    let sweeps = try catalog.selection(perturbation, for: shape).map { perturbation in
      let own =
        if let levels, perturbation is Noise { levels } else {
          try steps?.severities(of: perturbation)
        }
      return try PerturbationSweep(
        perturbation, severities: own, draws: chosen.draws ?? 1, seed: chosen.seed, shape: shape)
    }
    if levels != nil, steps != nil, sweeps.allSatisfy({ $0.perturbation is Noise }) {
      throw UserError(
        "--levels and --severities both say how strong \(perturbation) is: give one of them")
    }
    guard levels == nil || sweeps.contains(where: { $0.perturbation is Noise }) else {
      throw UserError("--levels is for noises, but \(perturbation) names none: leave it out")
    }
    return (sweeps, chosen.subset)
  }

  /// The images that `evaluate --suite` shows.
  private func suiteSelection(_ images: ImageSet) throws -> ([PerturbationSweep], subset: Int?) {
    var options = SuitePreset.Options()
    options.draws = chosen.draws
    options.seed = chosen.seed
    let suite = try suites.read(
      for: images, isTraining: chosen.split == .training, options: options,
      names: "--draws and --seed", subset: chosen.subset)
    guard !suite.images.isEmpty else {
      throw UserError(
        "the suite \(suite.name) has no perturbation of images: choose another, such as noise")
    }
    let folders = suites.sources.folders(or: try suites.description?.sources)
    for note in suite.notes + folders.notes(suite) { Terminal.error(note) }
    if suite.parts.contains(where: { !($0 is ImagePart) }) {
      Terminal.error(
        "\(suite.name): without its perturbations of weights and its attacks, which are of networks"
      )
    }
    return (suite.images, suite.subset)
  }
}

extension PerturbedImagesFile.Layout: ExpressibleByArgument {}
