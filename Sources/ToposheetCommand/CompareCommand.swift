import ArgumentParser
import Foundation
import Toposheet

/// Compares the conditions of a study, or of two.
struct CompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Compare conditions, paired by seed: differences, intervals, effects, p values.",
    usage: "toposheet compare [<options>] <dir> [<dir>]",
    discussion: """
      DIR is the --out folder of run or evaluate. With one folder, every condition is compared \
      with one of them (--against), or with the one that differs in nothing but one part (--by). \
      With two folders, the conditions of the second are compared with the same ones of the first. \
      A seed fixes the split, initial values and order of images of a network in every condition, \
      so that networks of one seed are pairs. Draws and severities are averaged within a network.

      Examples:
        toposheet compare runs/study
        toposheet compare runs/study --measures accuracy,morans-i-class-means
        toposheet compare runs/layouts --by layout --measures all --out layouts.csv
        toposheet compare runs/first runs/second
      """)

  @Argument(
    help: ArgumentHelp("One or two folders of results.", valueName: "dir"), completion: .directory)
  var folders: [String]

  @Option(
    help: ArgumentHelp(
      "The condition that others are compared with; control by default.", valueName: "condition"),
    completion: .list(["control"]))
  var against: String?

  @Option(
    help: ArgumentHelp(
      "Compare conditions that differ in nothing but this part.", valueName: "part"))
  var by: ConditionPair.Part?

  @Option(
    help: ArgumentHelp(
      "Measures, with commas, or all; by default accuracy, its change under perturbations, and "
        + "a few of each analysis.", valueName: "names"),
    completion: Completions.measures)
  var measures: String?

  @Option(
    help: ArgumentHelp("Write all numbers of the comparisons as CSV.", valueName: "file"),
    completion: .file())
  var out: String?

  @OptionGroup var tables: TableOptions

  /// Measures that are compared if none are named.
  private static let usual = [
    MeasureName.accuracy, ComparedMeasure.accuracyChange, "morans-i-pre-relu",
    "correlation-neighbors-pre-relu", "correlation-dip-pre-relu", "functional-distance-5-ratio",
    "expert-units-0.5", "relative-variance-mean", "effective-dimensionality-pre-relu",
    MeasureName.areaUnderAccuracy,
  ]

  func validate() throws {
    guard (1...2).contains(folders.count) else {
      throw ValidationError("Give one folder of results, or two")
    }
    guard folders.count == 1 || (against == nil && by == nil) else {
      throw ValidationError(
        "Two folders are compared condition by condition: leave out --against and --by")
    }
    guard against == nil || by == nil else {
      throw ValidationError("Give --against or --by, not both")
    }
  }

  func run() throws {
    try OutputFile.check([out], kind: "a table", example: "comparisons.csv")
    let tables = try folders.map(Self.records)
    let names = try measures.map { try Self.names($0, in: tables.flatMap { $0 }) } ?? Self.usual
    let chosen = measures.map(SelectionText.items) == ["all"] ? nil : Set(names)
    let values = try tables.map {
      try NetworkValues($0, measures: chosen, includesDead: self.tables.includeDead)
    }
    let last = values[values.count - 1]
    let pairs =
      if values.count == 2 {
        try ConditionPair.shared(last, with: values[0], title: folders[0])
      } else if let by {
        try ConditionPair.differing(in: by, last)
      } else {
        try ConditionPair.against(against ?? "control", last)
      }
    let rank = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
    let comparisons = ConditionComparison.all(last, against: values[0], pairs: pairs)
      .sorted { rank[$0.measure.name, default: 0] < rank[$1.measure.name, default: 0] }
    guard !comparisons.isEmpty else {
      throw UserError(folders[folders.count - 1], Self.obstacle(values, tables))
    }
    let table = ComparisonTable(
      comparisons,
      trends: values.count > 1
        ? []
        : LambdaTrend.all(last).sorted {
          rank[$0.measure.name, default: 0] < rank[$1.measure.name, default: 0]
        }, remarks: folders.count > 1 ? differences : [])
    if let out { try AtomicFile.write(table.csv, to: URL(filePath: out)) }
    Terminal.print(
      table.text(width: Terminal.tableWidth, colored: Style.isUsed(on: STDOUT_FILENO)))
  }

  /// Why there is nothing to compare.
  private static func obstacle(_ values: [NetworkValues], _ tables: [[Record]]) -> String {
    let settings = values.map(\.settings)
    if tables.allSatisfy({ $0.allSatisfy(\.state.isDead) }) {
      return "has only networks that learned nothing: give --include-dead to compare them"
    }
    if settings.count == 2, let first = settings[0].first, let second = settings[1].first,
      Set(settings[0]).isDisjoint(with: settings[1])
    {
      func text(_ setting: NetworkValues.Setting) -> String {
        "\(setting.dataset), \(setting.architecture) \(setting.sheet), epoch \(setting.epoch)"
      }
      return "has networks of other data, architecture, sheet or number of epochs: "
        + "\(text(second)), not \(text(first))"
    }
    return "has no values to compare: choose measures of metrics.csv by --measures"
  }

  /// What else the two runs differ in than their networks.
  private var differences: [String] {
    let origins = folders.map {
      RecordTable.provenance(
        of: URL(filePath: $0, directoryHint: .isDirectory).appending(path: "metrics.json"))
    }
    let names = Set(origins.flatMap(\.keys)).filter { name in
      ["split", "images"].contains(name)
        || ["normalization", "borders"].contains { name.hasPrefix($0) }
    }
    return names.sorted().compactMap { name in
      let texts = origins.map { $0[name] ?? "none" }
      return texts[0] == texts[1]
        ? nil
        : "The runs differ in \(name), too: \(texts[0]) in \(folders[0]), \(texts[1]) in "
          + "\(folders[1])."
    }
  }

  private static func records(_ folder: String) throws -> [Record] {
    let file = URL(filePath: folder, directoryHint: .isDirectory).appending(path: "metrics.csv")
    try ResultsFolder.require(folder, of: "run or evaluate")
    guard FileManager.default.fileExists(atPath: file.path) else {
      if let obstacle = EpochFolders.obstacle(of: file.deletingLastPathComponent()) {
        throw UserError(folder, obstacle)
      }
      throw UserError(folder, "holds no metrics.csv; give the --out folder of run or evaluate")
    }
    // How sheets were looked at is no result.
    let records = try RecordTable(csv: file).records.filter {
      $0.measure != OrganizationAnalysis.wrapsMeasure.name
    }
    guard !records.isEmpty else {
      throw UserError(file.path, "holds no records; give the --out folder of run or evaluate")
    }
    return records
  }

  /// `do you mean accuracy or accuracy-change? `; empty if no name is close.
  private static func closeNames(_ name: String, among known: [String]) -> String {
    let longer = name.count > 1 ? known.filter { $0.hasPrefix(name) } : []
    let close =
      longer.isEmpty ? [NearestName.of(name, among: known)].compactMap { $0 } : longer
    guard !close.isEmpty else { return "" }
    return "do you mean \(close.prefix(4).map { String($0) }.listed("or"))? "
  }

  /// The names of measures, each of which some record has.
  private static func names(_ text: String, in records: [Record]) throws -> [String] {
    var known: Set<String> = []
    let names = SelectionText.items(text).filter { known.insert($0).inserted }
    guard !names.isEmpty else {
      throw UserError("--measures names nothing: give measures with commas, or all")
    }
    guard names != ["all"] else { return names }
    known = Set(records.map(\.measure)).union([ComparedMeasure.accuracyChange])
    for name in names where !known.contains(name) {
      throw UserError(
        "no network has the measure \"\(name)\": "
          + Self.closeNames(name, among: known.sorted())
          + "the column measure of metrics.csv has those that were evaluated")
    }
    return names
  }
}

extension ConditionPair.Part: ExpressibleByArgument {}
