import Foundation
import TopoAnalysis
import TopoFoundation
import TopoNetworks

/// Values of units by network, from findings or from a `units.csv`.
public struct UnitTable: Sendable {
  /// The units of a network.
  public struct Network: Sendable, Hashable {
    /// The label of the condition.
    public var condition: String
    /// Seed of the member.
    public var seed: UInt64
    /// Coordinates of each unit: row and column on a sheet.
    public var positions: [[Double]]
    /// By measure, then by unit; nil for undefined values.
    public var values: [[Double?]]

    /// `control/seed-0`
    public var name: String { "\(condition)/seed-\(seed)" }
  }

  /// The networks, in order.
  public let networks: [Network]

  /// Values from findings, as an evaluation returns them.
  public init(_ findings: [LayerFindings], measures: [String]) {
    var networks: [Network] = []
    var indices: [[String]: Int] = [:]
    for entry in findings {
      let identity = NetworkIdentity(fields: entry.network)
      let index = indices[entry.network] ?? networks.count
      if index == networks.count {
        indices[entry.network] = index
        networks.append(
          Network(
            condition: identity?.condition ?? "", seed: identity?.seed ?? 0,
            positions: entry.positions, values: measures.map { _ in [] }))
      }
      for column in entry.units {
        guard let measure = measures.firstIndex(of: column.measure) else { continue }
        networks[index].values[measure] = column.values.map(\.number)
      }
    }
    self.networks = networks.map { network in
      var network = network
      network.values = network.values.map { values in
        values.isEmpty ? network.positions.map { _ in nil } : values
      }
      return network
    }
  }

  private static func isClass(_ value: Double) -> Bool {
    value >= 0 && value < 100_000 && value == value.rounded()
  }

  /// Coordinates are within this distance from 0.
  private static let largestCoordinate = 1e9

  /// Reads a `units.csv`. The rows of a network need not be next to each other.
  /// - Throws: `UserError` if it lacks rows, a measure or positions; if a cell is not a number, a
  ///   class is not a whole number in `0..<100000`, or a coordinate is not in `-1e9...1e9`.
  public init(contentsOf url: URL, measures: [MeasureDescription]) throws {
    let bytes = try FileContents.read(url)
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw UserError(url, "is not UTF-8 text; give a units.csv that this program wrote")
    }
    var rows = try CSV.rows(text, file: url.path)
    guard !rows.isEmpty else { throw UserError(url, "is empty; write it again") }
    let header = rows.removeFirst().fields
    guard !rows.isEmpty else { throw UserError(url, "has no units; write it again") }
    func column(_ name: String) throws -> Int {
      guard let index = header.firstIndex(of: name) else {
        throw UserError(
          url,
          "has no column \(name); analyze again with an analysis that has this measure (see "
            + "toposheet measures)")
      }
      return index
    }
    let (condition, seed) = (try column("condition"), try column("seed"))
    guard header.contains("row") else {
      throw UserError(url, "has no positions of units; analyze again with --sheet or --positions")
    }
    let axes = ["row", "column", "depth"].compactMap { header.firstIndex(of: $0) }
    let keys = (["dataset"] + NetworkIdentity.columns).compactMap { header.firstIndex(of: $0) }
    let columns = try measures.map { ($0.unit == "class", try column($0.name)) }
    var networks: [Network] = []
    var indices: [[String]: Int] = [:]
    for row in rows {
      guard row.fields.count == header.count, let value = UInt64(row.fields[seed]) else {
        throw UserError(url, "line \(row.line) does not have the columns of line 1; write it again")
      }
      func number(
        _ index: Int, _ rule: String = "numbers", where isValid: (Double) -> Bool = { $0.isFinite }
      ) throws -> Double? {
        let field = row.fields[index]
        if field.isEmpty { return nil }
        guard let number = Double(field), isValid(number) else {
          throw UserError(
            url,
            "line \(row.line) has \"\(field)\" as \(header[index]), but such values are \(rule); "
              + "correct it, or write the file again")
        }
        return number
      }
      let key = keys.map { row.fields[$0] }
      let network = indices[key] ?? networks.count
      if network == networks.count {
        indices[key] = network
        networks.append(
          Network(
            condition: row.fields[condition], seed: value, positions: [],
            values: measures.map { _ in [] }))
      }
      networks[network].positions.append(
        try axes.map {
          try number($0, "from -1e9 to 1e9") { abs($0) <= Self.largestCoordinate } ?? 0
        })
      for (index, (isClass, column)) in columns.enumerated() {
        networks[network].values[index].append(
          try isClass
            ? number(column, "whole numbers from 0, below 100000", where: Self.isClass)
            : number(column))
      }
    }
    self.networks = networks
  }
}
