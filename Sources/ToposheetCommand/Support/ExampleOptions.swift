import ArgumentParser
import Foundation
import Toposheet

/// Options for a picture of perturbed images.
struct ExampleOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Draw the first images, clean and under each perturbation of images, into this PNG file.",
      valueName: "file.png"), completion: .file(extensions: ["png"]))
  var examples: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Images in --examples under each perturbation; 1 by default.", valueName: "n"))
  var exampleCount: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Pixels of the picture per pixel of an image; by default about 96 per image.",
      valueName: "n"))
  var magnify: Int?

  /// Checks that the picture can be written, before anything is computed.
  /// - Throws: `UserError`; `ValidationError` for options without effect.
  func check() throws {
    for (name, isGiven) in [
      ("--example-count", exampleCount != nil), ("--magnify", magnify != nil),
    ]
    where isGiven && examples == nil {
      throw ValidationError("\(name) belongs to --examples: name a picture, such as examples.png")
    }
    try OutputFile.check(
      [examples], kind: "a picture", beginning: OutputFile.picture, example: "examples.png")
  }

  /// Draws the picture, if one was asked for.
  /// - Throws: `UserError` if there is nothing to draw, or it cannot be written.
  func draw(_ images: ImageSet, _ sweeps: [PerturbationSweep]) throws {
    guard let examples else { return }
    let sheet = try ContactSheet(
      images: images, examples: exampleCount ?? 1, rows: sweeps.map { ContactSheet.Row($0) },
      magnification: magnify)
    try sheet.write(to: URL(filePath: examples))
    Terminal.print("Examples: \(examples)")
  }
}
