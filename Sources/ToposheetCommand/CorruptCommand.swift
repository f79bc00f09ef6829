import ArgumentParser
import Foundation
import Toposheet

/// Exports perturbed images.
struct CorruptCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "corrupt",
    abstract: "Write perturbed images, and pictures of examples.",
    usage: "toposheet corrupt --data <name|folder> [<options>]",
    discussion: """
      The images are the same as in `toposheet evaluate`. F.npy holds uint8 in blocks, ordered by \
      perturbation, then by severity (as in the files of CIFAR-10-C), then by draw. F.json \
      describes each block, and F-labels.npy holds the labels of one block. --perturbation takes \
      names, such as white, corruption/fog or mnist-c/shear, and families, such as mnist-c. \
      --suite takes the perturbations of a suite, with its severities and draws.

      --severities count from 1: the fifth severity of white is its fifth published level, 0.2. \
      --levels sets the levels of noises instead.

      Examples:
        toposheet corrupt --data mnist --perturbation mnist-c --examples mnist-c.png
        toposheet corrupt --data cifar10 --suite corruptions --out corruptions.npy
        toposheet corrupt --data cifar10 --perturbation white,pink --levels 0.1 \\
          --out noise.npy
        toposheet corrupt --data cifar10 --perturbation corruption/frost \\
          --corruption-folder CIFAR-10-C --severities 3 --float --out frost.npy
      """)

  @OptionGroup(title: "Images and perturbations") var chosen: PerturbationOptions

  @OptionGroup(title: "Suites and files of perturbations") var suites: SuiteOptions

  @Option(
    help: ArgumentHelp(
      "Order of an image's values: channels last or first; by default nchw with --float, nhwc "
        + "without.",
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
    defer { lock?.release() }
    // Again, as another process may have written the file before it was locked.
    try checkIsNew()
    let data = try SplitImages.load(chosen.data, chosen.split)
    let (sweeps, subset) = try selection(data.images)
    let images = try subset.map { try data.images.subset($0) } ?? data.images
    // The picture first: it is quick, and lets the user check the selection.
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
      "Images: \(out), \(file.blocks.count) x \(images.count); described in "
        + PerturbedImagesFile.description(of: out))
  }

  /// Refuses options that exclude each other, and files that cannot be written.
  /// - Throws: `ValidationError`, `UserError`.
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
        "\(name) does not go with --suite: name perturbations, or write your own suite file (see "
          + "Plans/suite-example.yaml)")
    }
    try suites.checkNames()
    try checkIsNew()
    try OutputFile.check(
      [
        out, out.map(PerturbedImagesFile.labels), out.map(PerturbedImagesFile.description),
        picture.examples,
      ], kind: "images", example: "images.npy")
    try picture.check()
  }

  /// Refuses to replace files.
  /// - Throws: `UserError`.
  private func checkIsNew() throws {
    for path in out.map({ [$0, PerturbedImagesFile.description(of: $0)] }) ?? []
    where access(path, F_OK) == 0 {
      throw UserError(path, "exists already; choose another name with --out, or remove it")
    }
  }

  /// The perturbations, and the number of images; nil for all.
  /// - Throws: `UserError`.
  private func selection(_ images: ImageSet) throws -> ([PerturbationSweep], subset: Int?) {
    guard let perturbation = chosen.perturbation else { return try suiteSelection(images) }
    let shape = images.shape
    let catalog = try suites.sources.folders().catalog(
      for: images, isTraining: chosen.split == .training)
    let levels = try chosen.levels.map(NoiseSelection.levels)
    let steps = try chosen.severities.map(SeveritySteps.init)
    let sweeps = try catalog.selection(perturbation, for: shape).map { perturbation in
      let severities =
        if let levels, perturbation is Noise { levels } else {
          try steps?.severities(of: perturbation)
        }
      return try PerturbationSweep(
        perturbation, severities: severities, draws: chosen.draws ?? 1, seed: chosen.seed,
        shape: shape)
    }
    if levels != nil, steps != nil, sweeps.allSatisfy({ $0.perturbation is Noise }) {
      throw UserError(
        "--levels and --severities both set the severities of \(perturbation): give one of them")
    }
    guard levels == nil || sweeps.contains(where: { $0.perturbation is Noise }) else {
      throw UserError("--levels is for noises, but \(perturbation) names none: leave it out")
    }
    return (sweeps, chosen.subset)
  }

  /// The suite's perturbations of images, and its number of images.
  /// - Throws: `UserError`, `ValidationError`.
  private func suiteSelection(_ images: ImageSet) throws -> ([PerturbationSweep], subset: Int?) {
    var options = SuitePreset.Options()
    options.draws = chosen.draws
    options.seed = chosen.seed
    let choice = try suites.choice()
    let suite = try choice.suite(
      for: images, isTraining: chosen.split == .training, options: options,
      names: "--draws and --seed", subset: chosen.subset)
    guard !suite.images.isEmpty else {
      throw UserError(
        "the suite \(suite.name) has no perturbation of images: choose another, such as noise")
    }
    for note in suite.notes + choice.folders.notes(suite) { Terminal.error(note) }
    if suite.parts.contains(where: { !($0 is ImagePart) }) {
      Terminal.error(
        "\(suite.name): its perturbations of weights and its attacks are left out, as they need "
          + "networks")
    }
    return (suite.images, suite.subset)
  }
}

extension PerturbedImagesFile.Layout: ExpressibleByArgument {}
