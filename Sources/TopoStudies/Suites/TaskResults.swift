import TopoEvaluation
import TopoFoundation

/// The results of a task, as its files hold them.
struct TaskResults {
  /// Records, by network.
  var records: [Record]
  /// Lines of `confusion.csv`, by network.
  var confusion: String
  /// Findings about units and pairs of networks.
  var findings: Findings

  init(records: [Record], confusion: String, findings: Findings) {
    (self.records, self.confusion, self.findings) = (records, confusion, findings)
  }

  init(_ result: TaskResult) {
    self.init(
      records: result.records, confusion: result.confusion.map(\.line).joined(),
      findings: result.findings)
  }

  /// Number of networks.
  var networks: Int { Set(records.map(\.network)).count }

  /// The results of some networks, of a task that does not compare networks with each other.
  /// - Throws: `UserError` if the confusion matrices are damaged.
  func of(_ networks: [SuiteFolder.Identity.Model]) throws -> TaskResults {
    try sorted(like: networks)
  }

  /// These results and those of other networks, in the order of `networks`.
  /// - Throws: `UserError` if the confusion matrices are damaged.
  func joined(
    with others: TaskResults, like networks: [SuiteFolder.Identity.Model]
  ) throws -> TaskResults {
    var all = findings
    all.append(others.findings)
    return try TaskResults(
      records: records + others.records, confusion: confusion + others.confusion, findings: all
    ).sorted(like: networks)
  }

  /// In the order of networks; without the others.
  private func sorted(like networks: [SuiteFolder.Identity.Model]) throws -> TaskResults {
    let places = Dictionary(
      zip(networks.map(\.network), networks.indices), uniquingKeysWith: { first, _ in first })
    let names = Dictionary(
      zip(networks.map { [$0.condition, "\($0.seed)"] }, networks.indices),
      uniquingKeysWith: { first, _ in first })
    var records = [[Record]](repeating: [], count: networks.count)
    for record in self.records {
      if let place = places[record.network.fields] { records[place].append(record) }
    }
    var lines = [String](repeating: "", count: networks.count)
    for row in try CSV.rows(confusion, file: "confusion.csv") where row.fields.count > 2 {
      if let place = names[[row.fields[1], row.fields[2]]] { lines[place] += CSV.line(row.fields) }
    }
    var layers = [[LayerFindings]](repeating: [], count: networks.count)
    for layer in findings.layers {
      if let place = places[layer.network] { layers[place].append(layer) }
    }
    return TaskResults(
      records: records.flatMap { $0 }, confusion: lines.joined(),
      findings: Findings(layers: layers.flatMap { $0 }))
  }
}
