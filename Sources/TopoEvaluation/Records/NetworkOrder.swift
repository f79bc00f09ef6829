import TopoFoundation
import TopoNetworks

/// What is gathered about each network of a set of records, in the order of their appearance.
struct NetworkOrder<Value> {
  private var places: [Key: Int] = [:]
  private(set) var all: [(network: Record, value: Value)] = []

  private struct Key: Hashable {
    var dataset: String
    var network: NetworkIdentity
  }

  /// Changes what is known about the network of a record.
  mutating func update(
    _ record: Record, _ change: (inout Value) -> Void
  ) where Value: ExpressibleByDictionaryLiteral {
    let key = Key(dataset: record.dataset, network: record.network)
    let place = places[key] ?? all.count
    if place == all.count {
      places[key] = place
      all.append((record, [:]))
    }
    change(&all[place].value)
  }
}

extension Record {
  /// A record about the same network that follows from others.
  func derived(
    _ measure: String, perturbation: String, severity: Double, _ value: MeasuredValue
  ) -> Record {
    var record = self
    (record.measure, record.perturbation, record.severity) = (measure, perturbation, severity)
    (record.draw, record.value) = (0, value)
    return record
  }
}
