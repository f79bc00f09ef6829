import ArgumentParser
import Foundation
import Toposheet

/// Writes a page to look at sheets.
struct AtlasCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "atlas",
    abstract: "Write a page to look at sheets: units, their images, tuning and correlations.",
    usage: """
      toposheet atlas <models or folders> --out <file.html> [<options>]
      toposheet atlas --activations <file> --sheet <size> --out <file.html>
      """,
    discussion: """
      The page is one file, which needs no network; open it in a browser. Units are colored by any \
      measure or by their correlation with one unit. Of a selected unit it shows the images with \
      the largest and smallest responses, mean responses to classes, tuning and all measures. Two \
      networks are shown side by side.

      Examples:
        toposheet atlas runs/ws --data mnist --out atlas.html
        toposheet atlas control.safetensors ws.safetensors --out atlas.html
        toposheet atlas --activations a.npy --sheet 11x11 --images i.npy --out a.html
      """)

  @Argument(help: "Models, or folders of models.", completion: .file())
  var models: [String] = []

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Networks of each condition, the first seeds; all by default.", valueName: "n"))
  var networks: Int?

  @Option(
    help: ArgumentHelp("File for the page.", valueName: "file.html"),
    completion: .file(extensions: ["html"]))
  var out: String

  @OptionGroup(title: "Images") var data: ImageOptions

  @OptionGroup(title: "Arrays, in place of models") var arrays: AtlasArrayOptions

  @OptionGroup(title: "Device") var device: DeviceOptions

  func run() throws {
    let files = try arrays.files(models: models)
    try check()
    let began = ContinuousClock.now
    let (atlas, count) = try files.map { (try arrays.atlas($0), 1) } ?? ofModels()
    try atlas.write(to: URL(filePath: out))
    let seconds = (ContinuousClock.now - began).seconds
    Terminal.print(
      "Atlas of \(count.counted("network")), \(Readable.duration(seconds)): \(out)")
  }

  /// Checks options, and that the page can be written.
  private func check() throws {
    guard networks.map({ $0 > 0 }) ?? true else {
      throw ValidationError("--networks is \(networks ?? 0), but must be 1 or more")
    }
    if models.isEmpty {
      let unused = [
        ("--data", data.data != nil), ("--subset", data.subset != nil),
        ("--normalization", data.normalization != nil), ("--networks", networks != nil),
      ].filter(\.1).map(\.0)
      guard unused.isEmpty else {
        throw ValidationError(
          "\(unused.joined(separator: ", ")) has no effect on --activations: leave it out")
      }
    }
    guard URL(filePath: out).pathExtension.lowercased() == "html" else {
      throw UserError(out, "does not end in .html: give the page a name such as atlas.html")
    }
    try OutputFile.check(
      [out], kind: "a page", beginning: Array("<!DOCTYPE html>".utf8), example: "atlas.html")
  }

  /// The atlas of models on the images of `--data`.
  private func ofModels() throws -> (Atlas, count: Int) {
    let found = try data.images(of: models)
    let choice = try data.choice(or: nil)
    var counts: [String: Int] = [:]
    let chosen = try ModelFiles.find(models).map { url in
      var model = try EvaluatedModel(contentsOf: url, images: found.images.shape)
      model.normalization = try found.normalization(
        choice, own: model.normalization, network: url.path)
      return model
    }.filter { model in
      counts[model.condition, default: 0] += 1
      return counts[model.condition, default: 0] <= networks ?? .max
    }
    let images = try data.subset.map { try found.images.subset($0) } ?? found.images
    let context = try EvaluationContext(
      models: chosen, images: images, dataset: found.name,
      normalization: chosen[0].normalization ?? found.normalization())
    var pages = [AtlasNetwork?](repeating: nil, count: chosen.count)
    var status = StatusLine()
    var done = 0
    status.show("looking at units", done: 0, of: chosen.count, "network")
    try AnalysisEvaluation([], in: context, on: try device.open()).forEachLayer { model, layer in
      let (condition, seed) = (chosen[model].condition, chosen[model].seed)
      let name = "\(condition), seed \(seed)"
      pages[model] = try AtlasNetwork(name: name, condition: condition, layer)
      done += 1
      if !Terminal.isInteractive {
        Terminal.error("\(name): \(done) of \(chosen.count.counted("network"))")
      }
      status.show("looking at units", done: done, of: chosen.count, "network")
    }
    status.clear()
    let kind = found.split == .test ? "test" : "training"
    let atlas = try Atlas(
      pages.compactMap { $0 },
      title: "Atlas of \(chosen.count.counted("network")) on \(images.count) \(kind) images of "
        + found.name,
      images: AtlasImages(images), labels: ClassLabels(images.labels, classes: images.classes),
      classNames: chosen[0].classNames)
    return (atlas, chosen.count)
  }
}
