import Foundation
import TopoAnalysis
import TopoFoundation
import TopoNetworks

/// The files of findings about units: `units.csv` with a row per network and unit,
/// `units-undefined.csv` with the reasons for its empty cells, `similarities.csv` with a row per pair
/// of networks, its means in `similarities-by-condition.csv`, `ensembles.csv`, and a file in `analyses`
/// for each kind of table.
public struct FindingsTables: Sendable {
  /// Name of the file of units.
  public static let units = "units.csv"
  /// Name of the file of reasons.
  public static let undefined = "units-undefined.csv"
  /// Name of the file of pairs of networks.
  public static let similarities = "similarities.csv"
  /// Name of the file of pairs of conditions.
  public static let summaries = "similarities-by-condition.csv"
  /// Name of the folder of tables.
  public static let folder = "analyses"

  private let dataset: String
  private let findings: [LayerFindings]
  private let pairs: [PopulationSimilarities]
  private let ensembles: [EnsembleSummary]

  /// Tables of findings; those of one network are joined.
  public init(_ all: Findings, dataset: String) {
    (self.dataset, pairs, ensembles) = (dataset, all.similarities, all.ensembles)
    let findings = all.layers
    var joined: [LayerFindings] = []
    var indices: [[String]: Int] = [:]
    for entry in findings {
      if let index = indices[entry.network] {
        joined[index].units += entry.units
        joined[index].tables += entry.tables
      } else {
        indices[entry.network] = joined.count
        joined.append(entry)
      }
    }
    self.findings = joined
  }

  /// Whether there is nothing to write.
  public var isEmpty: Bool { findings.isEmpty && pairs.isEmpty && ensembles.isEmpty }

  /// Writes the files into an existing folder, each completely or not at all.
  /// - Throws: `UserError` if they cannot be written.
  public func write(to folder: URL) throws {
    try write(unitLines, to: folder.appending(path: Self.units))
    try write(undefinedLines, to: folder.appending(path: Self.undefined))
    try write(similarityLines, to: folder.appending(path: Self.similarities))
    try write(summaryLines, to: folder.appending(path: Self.summaries))
    try write(
      EnsembleFile.lines(ensembles, dataset: dataset), to: folder.appending(path: EnsembleFile.name)
    )
    let names = findings.flatMap(\.tables).map(\.name)
    guard !names.isEmpty else { return }
    let tables = folder.appending(path: Self.folder)
    do {
      try FileManager.default.createDirectory(at: tables, withIntermediateDirectories: true)
    } catch {
      throw UserError(
        tables, "is not a folder that can be written to; remove it, or choose another with --out")
    }
    for name in Set(names).sorted() {
      try write(lines(ofTable: name), to: tables.appending(path: "\(name).csv"))
    }
  }

  private func write(_ lines: [String], to url: URL) throws {
    guard lines.count > 1 else { return }
    try AtomicFile.write(to: url) { file in
      for line in lines { try file.append(line) }
    }
  }

  // MARK: Pairs of networks

  /// The lines of `similarities.csv`.
  private var similarityLines: [String] {
    var lines = [
      CSV.line([
        "dataset", "measure", "first-condition", "first-seed", "second-condition", "second-seed",
        "value", "reason",
      ])
    ]
    for measure in pairs {
      let members = measure.members
      for first in members.indices {
        for second in members.indices.dropFirst(first + 1) {
          guard let value = measure[first, second] else { continue }
          lines.append(
            CSV.line([
              dataset, measure.measure, members[first].condition, "\(members[first].seed)",
              members[second].condition, "\(members[second].seed)",
              value.number.map { "\($0)" } ?? "", value.reason ?? "",
            ]))
        }
      }
    }
    return lines
  }

  /// The lines of `similarities-by-condition.csv`.
  private var summaryLines: [String] {
    var lines = [
      CSV.line([
        "dataset", "measure", "first-condition", "second-condition", "mean", "standard-error",
        "pairs", "same-seed-mean", "same-seed-pairs", "undefined-pairs",
      ])
    ]
    for measure in pairs {
      let conditions = measure.conditions
      for first in conditions.indices {
        for second in first..<conditions.count {
          let summary = measure.summary(conditions[first], conditions[second])
          let numbers = [summary.mean, summary.standardError, summary.sameSeedMean].map {
            $0.number.map { "\($0)" } ?? ""
          }
          lines.append(
            CSV.line([
              dataset, measure.measure, conditions[first], conditions[second], numbers[0],
              numbers[1], "\(summary.pairs)", numbers[2], "\(summary.sameSeedPairs)",
              "\(summary.undefined)",
            ]))
        }
      }
    }
    return lines
  }

  // MARK: Units

  /// The columns before those of measures.
  private var keys: [String] { ["dataset"] + NetworkIdentity.columns }

  private static let axes = ["row", "column", "depth"]

  /// The lines of `units.csv`. Undefined values are empty.
  private var unitLines: [String] {
    var measures: [String] = []
    var known: Set<String> = []
    for column in findings.flatMap(\.units) where known.insert(column.measure).inserted {
      measures.append(column.measure)
    }
    let dimensions = findings.compactMap { $0.positions.first?.count }.max() ?? 0
    let header = keys + ["unit"] + Self.axes.prefix(dimensions) + measures
    return [CSV.line(header)]
      + findings.flatMap { entry in
        let columns = Dictionary(
          entry.units.map { ($0.measure, $0.values) }, uniquingKeysWith: { first, _ in first })
        return (0..<(entry.units.first?.values.count ?? 0)).map { unit in
          let position = entry.positions.isEmpty ? [] : entry.positions[unit]
          return CSV.line(
            [dataset] + entry.network + ["\(unit)"]
              + (0..<dimensions).map { $0 < position.count ? Self.text(position[$0]) : "" }
              + measures.map { columns[$0]?[unit].number.map(Self.text) ?? "" })
        }
      }
  }

  /// The lines of `units-undefined.csv`.
  private var undefinedLines: [String] {
    [CSV.line(keys + ["unit", "measure", "reason"])]
      + findings.flatMap { entry in
        entry.units.flatMap { column in
          column.values.enumerated().compactMap { unit, value in
            value.reason.map {
              CSV.line([dataset] + entry.network + ["\(unit)", column.measure, $0])
            }
          }
        }
      }
  }

  private func lines(ofTable name: String) -> [String] {
    var lines: [String] = []
    for entry in findings {
      for table in entry.tables where table.name == name {
        if lines.isEmpty { lines = [CSV.line(keys + table.columns)] }
        lines += table.rows.map { row in
          CSV.line([dataset] + entry.network + row.map { $0.map(Self.text) ?? "" })
        }
      }
    }
    return lines
  }

  /// The shortest decimal that reads back as the same double; whole numbers without a point.
  private static func text(_ number: Double) -> String {
    let text = "\(number)"
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }
}
