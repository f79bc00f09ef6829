import TopoFoundation
import TopoNetworks

/// Collects a value for each network of some records, in the order of appearance.
struct NetworkOrder<Value> {
  private var indices: [Key: Int] = [:]
  private(set) var all: [(network: Record, value: Value)] = []

  private struct Key: Hashable {
    var dataset: String
    var network: NetworkIdentity
  }

  /// Changes the value of the network of a record, which is empty at first.
  mutating func update(
    _ record: Record, _ change: (inout Value) -> Void
  ) where Value: ExpressibleByDictionaryLiteral {
    let key = Key(dataset: record.dataset, network: record.network)
    let index = indices[key] ?? all.count
    if index == all.count {
      indices[key] = index
      all.append((record, [:]))
    }
    change(&all[index].value)
  }
}

extension Record {
  /// A record of the same network that is derived from others.
  func derived(
    _ measure: String, perturbation: String, severity: Double, _ value: MeasuredValue
  ) -> Record {
    var record = self
    (record.measure, record.perturbation, record.severity) = (measure, perturbation, severity)
    (record.draw, record.value) = (0, value)
    return record
  }
}
