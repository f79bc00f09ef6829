import ArgumentParser
import Foundation
import Toposheet

/// Analyzes a layer whose responses are in a file.
struct AnalyzeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "analyze",
    abstract: "Measure what a layer of any network learned, from arrays.",
    usage: "toposheet analyze --activations <file> [--out <folder>] [options]",
    discussion: """
      Arrays are NumPy files (.npy, of any type and order) or safetensors with one tensor; \
      file.safetensors:name takes one tensor of several. Activations are the responses of the units \
      before the nonlinearity, if you have them.

      toposheet measures lists every measure; `evaluate --analyses` does the same for models of \
      this program.

      Examples:
        toposheet analyze --activations a.npy --labels y.npy --sheet 11x11 --out one
        toposheet analyze --activations a.npy --sheet 11x11 --torus --out wrapped
        toposheet analyze --activations a.npy --positions mm.npy --out cortex
        toposheet analyze --activations a.npy --weights w.npy --out units
      """,
    aliases: ["analyse"])

  @OptionGroup(title: "Arrays") var arrays: LayerOptions

  @OptionGroup(title: "Arrays") var borders: BorderOptions

  @Option(
    help: ArgumentHelp(
      "Analyses, with commas, or all (the default): "
        + AnalysisCatalog.kinds.filter { !$0.needs.contains(.network) }.map { $0.name }
        .joined(separator: ", ") + ", of which selectivity only with --labels.",
      valueName: "names"),
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
    help: ArgumentHelp(
      "Folder for the results; without it, all values of the layer are only printed.",
      valueName: "folder"), completion: .directory)
  var out: String?

  func run() throws {
    let dissimilarities = try external.rdm.map { try ExternalDissimilarities($0) }
    let (chosen, notes) = try chosenAnalyses()
    let analyses = try AnalysisPart.comparing(chosen, with: dissimilarities)
      .map { $0.withLargeTables() as any Analysis }
    var files = try arrays.files()
    guard !borders.torus || files.sheet != nil else {
      throw ValidationError("--torus belongs to --sheet: give the sheet's size, such as 11x11")
    }
    files.wraps = borders.torus
    let folder = try out.map(OutputFolder.url)
    try folder.map(checkIsNew)
    // Before anything is computed: a folder that cannot be made is found at once.
    let isNew = try folder.map(make) ?? false
    do {
      let layer = try files.read()
      try dissimilarities?.requireFit(
        images: layer.activations.images, labels: layer.labels,
        units: layer.weights == nil ? [] : [layer.activations.units])
      for note in notes { Terminal.error(note) }
      let url = URL(filePath: files.activations)
      let identity = NetworkIdentity(
        named: condition ?? url.deletingPathExtension().lastPathComponent, seed: seed)
      let (result, seconds) = try analyze(layer, analyses)
      guard let folder else {
        Terminal.print(AnalysisTable.text(result, width: Terminal.tableWidth))
        return
      }
      var provenance = provenance(of: layer, files, analyses)
      provenance["rdm"] = external.rdm
      provenance["checksum-of-rdm"] = dissimilarities.map { Self.text($0.checksum) }
      let records = try write(result, of: layer, identity, provenance, to: folder)
      Terminal.print(
        SuiteTables(records, width: Terminal.tableWidth)
          .text(colored: Style.isUsed(on: STDOUT_FILENO)))
      Terminal.print(
        """
        Took \(Readable.duration(seconds)). Everything is in \(folder.path):
        \(ResultFiles.analysis)
        """)
    } catch {
      // Only removes an empty folder.
      if let folder, isNew { rmdir(folder.path) }
      throw error
    }
  }

  /// The analyses that were asked for and that arrays suffice for, with notes on those that are left
  /// out of all.
  /// - Throws: `UserError`; `ValidationError` for one by name that arrays do not suffice for.
  private func chosenAnalyses() throws -> ([any Analysis], notes: [String]) {
    let isAll = SelectionText.items(analyses) == ["all"]
    var (chosen, notes) = ([any Analysis](), [String]())
    for analysis in try AnalysisCatalog.read(analyses) {
      let kind = type(of: analysis)
      if kind.needs.contains(.network) {
        guard isAll else {
          throw ValidationError(
            "\(kind.name) shows images to a network: use evaluate --analyses \(kind.name)")
        }
      } else if kind.needs.contains(.labels), arrays.parts.labels == nil {
        guard isAll else { throw ValidationError("\(kind.name) needs labels: give --labels") }
        notes.append(
          "The analysis \(kind.name) is left out, because it needs labels: give --labels.")
      } else {
        chosen.append(analysis)
      }
    }
    return (chosen, notes)
  }

  /// Runs the analyses, with progress.
  private func analyze(
    _ layer: LayerData, _ analyses: [any Analysis]
  ) throws -> (AnalysisResult, seconds: Double) {
    let began = ContinuousClock.now
    let (images, units) = (layer.activations.images, layer.activations.units)
    let costs = analyses.map { $0.cost(images: images, units: units) }
    let pace = AnalysisPace(cost: costs.reduce(0, +))
    let statistics = LayerStatistics(layer)
    var status = StatusLine()
    var result = AnalysisResult()
    var done = 0.0
    for (analysis, cost) in zip(analyses, costs) {
      status.show(
        pace.text(
          "\(type(of: analysis).name), \(images.counted("image")) x \(units.counted("unit"))",
          done: done, elapsed: (ContinuousClock.now - began).seconds))
      result.append(try LayerAnalysis.result(of: analysis, statistics))
      done += cost
    }
    status.clear()
    return (result, (ContinuousClock.now - began).seconds)
  }

  // MARK: The folder

  /// Files and folders of results.
  private static let results = [
    "metrics.csv", "suite.json", "study.json", "metrics.json", FindingsTables.units,
    FindingsTables.undefined, FindingsTables.folder, FindingsTables.similarities, EnsembleFile.name,
  ]

  /// Refuses to replace results, or to mix them with others.
  /// - Throws: `UserError`.
  private func checkIsNew(_ folder: URL) throws {
    for name in Self.results {
      let file = folder.appending(path: name)
      guard !FileManager.default.fileExists(atPath: file.path) else {
        throw UserError(file, "exists already; choose another folder with --out, or remove it")
      }
    }
  }

  /// Makes the folder, unless it exists.
  /// - Returns: whether it did not exist.
  /// - Throws: `UserError`.
  private func make(_ folder: URL) throws -> Bool {
    let existed = FileManager.default.fileExists(atPath: folder.path)
    var isFolder: ObjCBool = false
    try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    guard FileManager.default.fileExists(atPath: folder.path, isDirectory: &isFolder),
      isFolder.boolValue, access(folder.path, W_OK | X_OK) == 0
    else {
      throw UserError(
        folder, "is not a folder that can be made and written to; choose another with --out")
    }
    return !existed
  }

  private func write(
    _ result: AnalysisResult, of layer: LayerData, _ identity: NetworkIdentity,
    _ provenance: [String: String], to folder: URL
  ) throws -> [Record] {
    let records = result.scalars.map {
      Record(dataset: "arrays", network: identity, measure: $0.measure, value: $0.value)
    }
    try FindingsTables(
      Findings(layers: [LayerFindings(identity, layer, result)]), dataset: "arrays"
    )
    .write(to: folder)
    try RecordTable(records, provenance: provenance).write(to: folder)
    return records
  }

  /// Where results come from.
  private func provenance(
    of layer: LayerData, _ files: LayerFiles, _ analyses: [any Analysis]
  ) -> [String: String] {
    var all = ["version": toposheetVersion, "activations": files.activations]
    all["labels"] = files.labels
    all["weights"] = files.weights
    all["inputs"] = files.inputs
    all["positions"] = files.positions
    all["neighbors"] = files.positions.map { _ in "\(files.neighbors)" }
    all["sheet"] = files.sheet.map { "\($0.rows)x\($0.columns)" }
    all["borders"] = files.wraps ? SuiteItem.torus : nil
    all["images"] = "\(layer.activations.images)"
    all["units"] = "\(layer.activations.units)"
    all["analyses"] = analyses.map { type(of: $0).name }.joined(separator: " ")
    for (name, checksum) in layer.checksums { all["checksum-of-\(name)"] = Self.text(checksum) }
    return all
  }

  private static func text(_ checksum: UInt32) -> String { String(checksum, radix: 16) }
}
