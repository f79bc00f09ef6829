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
      "Networks of each condition, the first seeds; by default one of those in folders, and all "
        + "whose files are named.", valueName: "n"))
  var networks: Int?

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
    var rows = chosen(
      try files.flatMap { try UnitTable(contentsOf: $0, measures: measures).networks })
    var classNames: [String] = []
    if !models.isEmpty {
      let (networks, names) = try analyzed(models, measures)
      rows += networks
      classNames = names
    }
    var seen: Set<UnitTable.Network> = []
    rows.removeAll { !seen.insert($0).inserted }
    try UnitMaps(
      rows.map { UnitMaps.Row(name: $0.name, positions: $0.positions, values: $0.values) },
      measures: measures.map { UnitMaps.Measure($0) }, classNames: classNames
    ).write(to: URL(filePath: out))
    Terminal.print("Maps of \(rows.count.counted("network")): \(out)")
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
    guard networks.map({ $0 > 0 }) ?? true else {
      throw ValidationError("--networks is \(networks ?? 0), but must be 1 or more")
    }
    guard ["png", "svg"].contains(URL(filePath: out).pathExtension.lowercased()) else {
      throw UserError(out, "ends neither in .png nor in .svg; name a picture, such as sheets.svg")
    }
    try OutputFile.check([out], kind: "a picture", example: "sheets.svg")
  }

  /// The first networks of each condition.
  private func chosen(_ rows: [UnitTable.Network]) -> [UnitTable.Network] {
    var counts: [String: Int] = [:]
    return rows.filter { row in
      counts[row.condition, default: 0] += 1
      return counts[row.condition, default: 0] <= networks ?? 1
    }
  }

  /// The values of measures of models, by analyses in memory.
  private func analyzed(
    _ names: [String], _ measures: [MeasureDescription]
  ) throws -> ([UnitTable.Network], classNames: [String]) {
    let data = try images.images(of: names)
    var (counts, isOneOfFolder) = ([String: Int](), [Bool]())
    let choice = try images.choice(or: nil)
    let files = try names.flatMap { name in
      let found = try ModelFiles.find([name])
      let isFile = found == [URL(filePath: name)]
      isOneOfFolder += found.map { _ in !isFile }
      return found
    }
    let models = try files.map { url in
      var model = try EvaluatedModel(contentsOf: url, images: data.images.shape)
      model.normalization = try data.normalization(
        choice, own: model.normalization, network: url.path)
      return model
    }
    let chosen = zip(models, isOneOfFolder).filter { model, isOneOfFolder in
      counts[model.condition, default: 0] += 1
      return counts[model.condition, default: 0] <= networks ?? (isOneOfFolder ? 1 : .max)
    }.map(\.0)
    let subset = try images.subset.map { try data.images.subset($0) } ?? data.images
    let context = try EvaluationContext(
      models: chosen, images: subset, dataset: data.name,
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
