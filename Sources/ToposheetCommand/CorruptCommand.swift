import ArgumentParser
import Foundation
import Toposheet

/// Exports damaged images.
struct CorruptCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "corrupt",
    abstract: "Write images as perturbations leave them, and pictures of examples.",
    discussion: """
      Images come out as `toposheet evaluate` shows them to networks. F.npy holds uint8, block after \
      block: perturbation by perturbation, severity by severity (as CIFAR-10-C's files do), draw by \
      draw. Beside it, F.json says which block is which, and F-labels.npy holds a block's labels. A \
      perturbation is a name, such as white, corruption/fog or mnist-c/shear, or a family, such as \
      mnist-c.

      Severities count from 1: the fifth severity of white is its fifth published level, 0.2. \
      --levels sets noise levels themselves.

      Examples:
        toposheet corrupt --data mnist --perturbation mnist-c --examples mnist-c.png
        toposheet corrupt --data cifar10 --perturbation white,pink --levels 0.1 --out noise.npy
        toposheet corrupt --data cifar10 --perturbation corruption/frost \\
          --corruption-folder CIFAR-10-C --severities 3 --float --out frost.npy
      """)

  @Option(help: "A data set's name or its folder.")
  var data: String

  @Option(help: "Images to damage: test or train (the training files).")
  var split: EvaluateCommand.Split = .test

  @Option(help: "Perturbations or families of them, with commas.")
  var perturbation: String

  @Option(help: "Severities, counted from 1: 1-5 or 1,3; all by default.")
  var severities: String?

  @Option(
    parsing: .unconditional,
    help: "Levels of noises, from 0 to 1, with commas; the published ones by default.")
  var levels: String?

  @Option(help: "Draws at each severity, of what is random.")
  var draws = 1

  @Option(help: "Seed of the perturbations.")
  var seed: UInt64 = 0

  @Option(help: "Use the first so many images only.")
  var subset: Int?

  @Option(
    help: "Folder of CIFAR-10-C's or MNIST-C's files, which then take the place of our own images.")
  var corruptionFolder: String?

  @Option(help: "Order of an image's values: nhwc (channels last) or nchw; nchw for --float.")
  var layout: CorruptedImagesFile.Layout?

  @Flag(help: "Write float32 in [0, 1] rather than uint8.")
  var float = false

  @Option(help: ArgumentHelp("Write the images to this NPY file.", valueName: "file.npy"))
  var out: String?

  @Option(help: ArgumentHelp("Draw examples into this PNG file.", valueName: "file.png"))
  var examples: String?

  @Option(help: "Images that --examples shows of each perturbation.")
  var exampleCount = 1

  @Option(help: "Pixels of the picture for each pixel of an image; by default about 96 an image.")
  var magnify: Int?

  func run() throws {
    guard out != nil || examples != nil else {
      throw ValidationError("there is nothing to write: give --out or --examples, or both")
    }
    guard (1...10_000).contains(draws) else {
      throw SelectionError("The number of draws is \(draws), but it must be from 1 to 10,000.")
    }
    try OutputFile.check(
      [
        out, out.map(CorruptedImagesFile.labels), out.map(CorruptedImagesFile.description),
        examples,
      ], kind: "images", example: "images.npy")
    let dataset = try Dataset.load(data)
    let source = split == .test ? dataset.test : dataset.training
    let images = try subset.map { try source.subset($0) } ?? source
    let folder = try corruptionFolder.map {
      try CorruptionFolder(
        URL(filePath: $0), labels: images.labels, shape: images.shape, classes: images.classes,
        training: split == .train)
    }
    let selection = try selection(PerturbationCatalog(folder: folder), images.shape)
    // The picture first: it is quick, and shows whether this is what was meant.
    if let examples {
      let sheet = try ContactSheet(
        images: images, examples: exampleCount,
        rows: selection.map { ContactSheet.Row($0.perturbation, severities: $0.severities) },
        seed: seed, magnification: magnify)
      try sheet.write(to: URL(filePath: examples))
      Terminal.print("Examples: \(examples)")
    }
    guard let out else { return }
    let file = CorruptedImagesFile(
      images: images, blocks: CorruptedImagesFile.blocks(selection, draws: draws), seed: seed,
      isFloat: float, layout: layout ?? (float ? .nchw : .nhwc))
    var provenance = [
      "version": toposheetVersion, "data": dataset.name, "split": split.rawValue,
    ]
    if let folder { provenance.merge(folder.provenance) { $1 } }
    var status = StatusLine()
    try file.write(to: URL(filePath: out), provenance: provenance) { done, all in
      status.show("writing: \(done) of \(all) blocks")
    }
    status.clear()
    Terminal.print(
      "Images: \(out), \(file.blocks.count) x \(images.count); what is in it: "
        + CorruptedImagesFile.description(of: out))
  }

  /// Perturbations with the severities that were asked for.
  private func selection(
    _ catalog: PerturbationCatalog, _ shape: ImageShape
  ) throws -> [CorruptedImagesFile.Selection] {
    let levels = try levels.map(NoiseSelection.levels)
    let steps = try severities.map(SeveritySteps.init)
    let selection = try catalog.selection(perturbation, for: shape).map { perturbation in
      let own =
        if let levels, perturbation is Noise { levels } else {
          try steps?.severities(of: perturbation) ?? perturbation.severities
        }
      for severity in own { try perturbation.check(severity: severity, shape: shape) }
      return CorruptedImagesFile.Selection(perturbation: perturbation, severities: own)
    }
    guard levels == nil || selection.contains(where: { $0.perturbation is Noise }) else {
      throw SelectionError("--levels is for noises, but \(perturbation) names none: leave it out.")
    }
    return selection
  }
}

extension CorruptedImagesFile.Layout: ExpressibleByArgument {}
