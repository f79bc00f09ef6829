import ArgumentParser
import Foundation
import Toposheet

/// Draws maps of units.
struct MapCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "map",
    abstract: "Draw sheets: any measure of units, as PNG or SVG.",
    usage: "toposheet map <models or folders> --out <file> [<options>]",
    discussion: """
      A source is a folder of results with units.csv (of `evaluate --analyses` or `analyze`), or \
      models, which are then analyzed on the images of --data. Maps of one measure share a scale, \
      which ends at the 2nd and 98th percentiles: ≤ and ≥ mark an end beyond which values lie. \
      Undefined values are gray.

      Measures: those of units in `toposheet measures`.

      Examples:
        toposheet map runs/ws-learned --out sheets.svg
        toposheet map runs/ws --data mnist --out sheets.png
        toposheet map learned --measures grating-orientation,variance --out maps.svg
      """)

  @Argument(help: "Folders of results, models, or folders of models.", completion: .file())
  var sources: [String]

  @Option(
    help: ArgumentHelp(
      "Measures of units, with commas; by default preferred-class, energy and weight-norm.",
      valueName: "names"), completion: Completions.unitMeasures)
  var measures = "preferred-class,energy,weight-norm"

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Networks of each condition, the first seeds; 1 by default.", valueName: "n"))
  var networks = 1

  @Option(
    help: ArgumentHelp("File for the picture, .png or .svg.", valueName: "file"),
    completion: .file(extensions: ["png", "svg"]))
  var out: String

  @OptionGroup(title: "Images") var images: ImageOptions

  @OptionGroup(title: "Device") var device: DeviceOptions

  func run() throws {
    let measures = try selection()
    try check()
    var files: [URL] = []
    var models: [String] = []
    for source in sources {
      let file = URL(filePath: source).appending(path: FindingsTables.units)
      if FileManager.default.fileExists(atPath: file.path) {
        files.append(file)
      } else {
        _ = try ModelFiles.find(
          [source],
          ifResults: "holds results without values of units: evaluate with --analyses selectivity, "
            + "units or tuning")
        models.append(source)
      }
    }
    for option in images.given where models.isEmpty {
      throw ValidationError(
        "\(option) has no effect on values from \(FindingsTables.units): leave it out, or name "
          + "models to analyze")
    }
    var rows = try files.flatMap { try UnitTable(contentsOf: $0, measures: measures).networks }
    var classNames: [String] = []
    if !models.isEmpty {
      let (networks, names) = try analyzed(models, measures)
      rows += networks
      classNames = names
    }
    let chosen = chosen(rows)
    try UnitMaps(
      chosen.map { UnitMaps.Row(name: $0.name, positions: $0.positions, values: $0.values) },
      measures: measures.map { UnitMaps.Measure($0) }, classNames: classNames
    ).write(to: URL(filePath: out))
    Terminal.print("Maps of \(chosen.count.counted("network")): \(out)")
  }

  /// The measures that are drawn.
  /// - Throws: `UserError` for a name that is not that of a measure of units.
  private func selection() throws -> [MeasureDescription] {
    let known = AnalysisCatalog.kinds.flatMap { $0.measures }.filter(\.isPerUnit)
    let names = SelectionText.items(measures)
    guard !names.isEmpty else { throw UserError("--measures names no measure: give at least one") }
    return try names.map { name in
      guard let measure = known.first(where: { $0.name == name }) else {
        throw UserError(
          "there is no measure of units \"\(name)\": choose from those of `toposheet measures` "
            + "with one value per unit, such as preferred-class, energy or weight-norm")
      }
      return measure
    }
  }

  /// Checks numbers, and that the picture can be written.
  private func check() throws {
    guard networks > 0 else {
      throw ValidationError("--networks is \(networks), but must be 1 or more")
    }
    guard ["png", "svg"].contains(URL(filePath: out).pathExtension.lowercased()) else {
      throw UserError(out, "ends neither in .png nor in .svg; name a picture, such as sheets.svg")
    }
    try OutputFile.check([out], kind: "a picture", example: "sheets.svg")
  }

  /// The first networks of each condition. A network that is named twice counts once.
  private func chosen(_ rows: [UnitTable.Network]) -> [UnitTable.Network] {
    var counts: [String: Int] = [:]
    var seen: Set<UnitTable.Network> = []
    return rows.filter { row in
      guard seen.insert(row).inserted else { return false }
      counts[row.condition, default: 0] += 1
      return counts[row.condition, default: 0] <= networks
    }
  }

  /// The values of measures of models, by analyses in memory.
  private func analyzed(
    _ names: [String], _ measures: [MeasureDescription]
  ) throws -> ([UnitTable.Network], classNames: [String]) {
    let data = try images.images(of: names)
    var counts: [String: Int] = [:]
    let choice = try images.choice(or: nil)
    let models = try ModelFiles.find(names).map { url in
      var model = try EvaluatedModel(contentsOf: url, images: data.images.shape)
      model.normalization = try data.normalization(
        choice, own: model.normalization, network: url.path)
      return model
    }.filter { model in
      counts[model.condition, default: 0] += 1
      return counts[model.condition, default: 0] <= networks
    }
    let subset = try images.subset.map { try data.images.subset($0) } ?? data.images
    let context = try EvaluationContext(
      models: models, images: subset, dataset: data.name,
      normalization: models[0].normalization ?? data.normalization())
    let wanted = Set(measures.map(\.name))
    let kinds = AnalysisCatalog.kinds.filter { kind in
      kind.measures.contains { wanted.contains($0.name) }
    }
    let evaluation = AnalysisEvaluation(
      kinds.map { $0.init() }, in: context, on: try device.open())
    var findings: [LayerFindings] = []
    try evaluation.measure(Array(evaluation.tasks.indices)) { _, result in
      findings += result.findings.layers
    }
    let classNames = models[0].classNames
    return (
      UnitTable(findings, measures: measures.map(\.name)).networks,
      classNames.count == data.images.classes ? classNames : []
    )
  }
}
