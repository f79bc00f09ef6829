import ArgumentParser
import Foundation
import Toposheet

/// Options for a picture of the classes that the units of the sheets respond to.
struct MapOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Draw the sheet of the first network of each condition into this PNG file: the class that "
        + "each unit prefers, and its mean response to each class of clean images.",
      valueName: "file.png"), completion: .file(extensions: ["png"]))
  var map: String?

  /// Checks that the picture can be written, before anything is computed.
  /// - Throws: `UserError`.
  func check() throws {
    try OutputFile.check(
      [map], kind: "a picture", beginning: OutputFile.picture, example: "sheets.png")
  }

  /// Draws the picture, if one was asked for.
  /// - Throws: `UserError`; what the evaluation throws.
  func draw(_ context: EvaluationContext, on device: any Device) throws {
    guard let map else { return }
    var seen: Set<String> = []
    let models = context.models.filter { seen.insert($0.condition).inserted }
    var evaluation = ImageEvaluation(
      [],
      in: try EvaluationContext(
        models: models, images: context.images, dataset: context.dataset,
        normalization: context.normalization, memoryLimit: context.memoryLimit), on: device)
    var rows: [SheetMaps.Row?] = models.map { _ in nil }
    evaluation.inspect = { _, _, outputs, pack in
      for (index, model) in pack.enumerated() {
        rows[model] = SheetMaps.Row(
          name: models[model].condition, sheet: models[model].network.architecture.sheet,
          means: ClassMeans(
            sheet: outputs.sheet[index], labels: context.images.labels,
            classes: outputs.classes))
      }
    }
    try evaluation.measure([0]) { _, _ in }
    let names = models.first?.classNames ?? []
    let classes = context.images.classes
    try SheetMaps(
      rows.compactMap { $0 },
      classNames: names.count == classes ? names : (0..<classes).map { "\($0)" }
    ).write(to: URL(filePath: map))
    Terminal.print("Maps: \(map)")
  }
}
