import ArgumentParser
import Foundation
import Toposheet

/// Analyzes a layer whose responses are in a file.
struct AnalyzeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "analyze",
    abstract: "Measure what a layer of any network learned, from arrays.",
    usage: "toposheet analyze --activations <file> --out <folder> [options]",
    discussion: """
      Arrays are NumPy files (.npy, of any type and order) or safetensors with one tensor; \
      file.safetensors:name takes one tensor of several. Activations are the responses of the units \
      before the nonlinearity, if you have them.

      toposheet measures lists every measure; `evaluate --analyses` does the same for models of \
      this program.

      Examples:
        toposheet analyze --activations a.npy --labels y.npy --sheet 11x11 --out one
        toposheet analyze --activations a.npy --positions mm.npy --out cortex
        toposheet analyze --activations a.npy --weights w.npy --out units
      """,
    aliases: ["analyse"])

  @OptionGroup(title: "Arrays") var arrays: LayerOptions

  @Option(
    help: ArgumentHelp(
      "Analyses, with commas, or all (the default): "
        + AnalysisCatalog.kinds.map { $0.name }.joined(separator: ", ") + ".", valueName: "names"),
    completion: Completions.analyses)
  var analyses = "all"

  @OptionGroup var external: ExternalOptions

  @Option(
    help: ArgumentHelp(
      "Name of the network in the results; that of the activations' file by default.",
      valueName: "name"), completion: .list([]))
  var condition: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Seed of the network in the results.", valueName: "n"))
  var seed: UInt64 = 0

  @Option(
    help: ArgumentHelp("Folder for the results.", valueName: "folder"), completion: .directory)
  var out: String

  func run() throws {
    let analyses = try AnalysisPart.comparing(
      AnalysisCatalog.read(analyses), with: external.rdm.map { try ExternalDissimilarities($0) }
    ).map { $0.withLargeTables() as any Analysis }
    let files = try arrays.files()
    let folder = try OutputFolder.url(out)
    try checkIsNew(folder)
    let layer = try files.read()
    let url = URL(filePath: files.activations)
    let identity = NetworkIdentity(
      named: condition ?? url.deletingPathExtension().lastPathComponent, seed: seed)
    let (result, seconds) = try analyze(layer, analyses)
    try write(result, of: layer, identity, to: folder, files)
    Terminal.print(AnalysisTable.text(result, width: Terminal.tableWidth))
    Terminal.print(
      """
      Took \(Readable.duration(seconds)). Everything is in \(folder.path):
      \(ResultFiles.analysis)
      """)
  }

  /// Runs the analyses, with progress.
  private func analyze(
    _ layer: LayerData, _ analyses: [any Analysis]
  ) throws -> (AnalysisResult, seconds: Double) {
    let began = ContinuousClock.now
    let (images, units) = (layer.activations.images, layer.activations.units)
    let costs = analyses.map { $0.cost(images: images, units: units) }
    let statistics = LayerStatistics(layer)
    var status = StatusLine()
    var result = AnalysisResult()
    var done = 0.0
    for (analysis, cost) in zip(analyses, costs) {
      status.show(
        "\(type(of: analysis).name), \(images.counted("image")) x \(units.counted("unit"))",
        done: Int(1000 * done / costs.reduce(0, +)), of: 1000)
      result.append(try LayerAnalysis.result(of: analysis, statistics))
      done += cost
    }
    status.clear()
    return (result, (ContinuousClock.now - began).seconds)
  }

  /// Refuses to replace results.
  /// - Throws: `UserError`.
  private func checkIsNew(_ folder: URL) throws {
    for name in ["metrics.csv", "suite.json", "study.json"] {
      let file = folder.appending(path: name)
      guard !FileManager.default.fileExists(atPath: file.path) else {
        throw UserError(file, "exists already; choose another folder with --out, or remove it")
      }
    }
  }

  private func write(
    _ result: AnalysisResult, of layer: LayerData, _ identity: NetworkIdentity, to folder: URL,
    _ files: LayerFiles
  ) throws {
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    } catch {
      throw UserError(folder, "cannot be made; choose another folder with --out")
    }
    let records = result.scalars.map {
      Record(dataset: "arrays", network: identity, measure: $0.measure, value: $0.value)
    }
    var provenance = ["version": toposheetVersion, "activations": files.activations]
    provenance["labels"] = files.labels
    provenance["weights"] = files.weights
    provenance["positions"] = files.positions
    provenance["rdm"] = external.rdm
    provenance["sheet"] = files.sheet.map { "\($0.rows)x\($0.columns)" }
    provenance["images"] = "\(layer.activations.images)"
    provenance["units"] = "\(layer.activations.units)"
    try FindingsTables(
      Findings(layers: [LayerFindings(identity, layer, result)]), dataset: "arrays"
    )
    .write(to: folder)
    try RecordTable(records, provenance: provenance).write(to: folder)
  }
}
