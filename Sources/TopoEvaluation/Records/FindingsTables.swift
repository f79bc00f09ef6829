import Foundation
import TopoAnalysis
import TopoFoundation
import TopoNetworks

/// The files of findings about units: `units.csv` with a row per network and unit,
/// `units-undefined.csv` with the reasons for its empty cells, and a file in `analyses` for each
/// kind of table.
public struct FindingsTables: Sendable {
  /// Name of the file of units.
  public static let units = "units.csv"
  /// Name of the file of reasons.
  public static let undefined = "units-undefined.csv"
  /// Name of the folder of tables.
  public static let folder = "analyses"

  private let dataset: String
  private let findings: [LayerFindings]

  /// Tables of findings; those of one network are joined.
  public init(_ findings: [LayerFindings], dataset: String) {
    self.dataset = dataset
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
  public var isEmpty: Bool { findings.allSatisfy(\.isEmpty) }

  /// Writes the files into an existing folder, each completely or not at all.
  /// - Throws: `UserError` if they cannot be written.
  public func write(to folder: URL) throws {
    try write(unitLines, to: folder.appending(path: Self.units))
    try write(undefinedLines, to: folder.appending(path: Self.undefined))
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
