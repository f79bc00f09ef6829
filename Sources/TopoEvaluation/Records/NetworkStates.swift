import TopoNetworks
import TopoSheets

/// The states of networks, derived from their records of clean images.
public enum NetworkStates {
  /// The records with the state of their network in each. If a network has no records of clean
  /// images, its records keep their state. Measures that compare a network with others, or with its
  /// own accuracy, become undefined if it is dead, with the state as the reason.
  public static func marked(_ records: [Record]) -> [Record] {
    var found = NetworkOrder<[String: Double]>()
    for record in records where record.perturbation == Record.clean {
      guard measures.contains(record.measure), let number = record.value.number else { continue }
      found.update(record) { $0[record.measure] = number }
    }
    var states: [Network: NetworkState] = [:]
    for (record, values) in found.all { states[Network(record)] = state(values) }
    return records.map { record in
      var record = record
      if let state = states[Network(record)], state != .unknown { record.state = state }
      if record.state.isDead, relative.contains(record.measure) {
        record.value = .undefined(record.state.reason)
      }
      return record
    }
  }

  /// The dead networks by state, in order of appearance.
  public static func dead(
    in records: [Record]
  ) -> [(state: NetworkState, networks: [NetworkIdentity])] {
    var seen: Set<NetworkIdentity> = []
    var found: [NetworkState: [NetworkIdentity]] = [:]
    for record in records where record.state.isDead && seen.insert(record.network).inserted {
      found[record.state, default: []].append(record.network)
    }
    return NetworkState.allCases.compactMap { state in found[state].map { (state, $0) } }
  }

  private static let measures: Set = [
    MeasureName.accuracy, MeasureName.silentUnits, MeasureName.unitVariation,
    MeasureName.imageVariation, MeasureName.chanceBound,
  ]

  /// Measures that have a meaning only relative to the accuracy of the network or to other
  /// networks.
  static let relative: Set = [
    MeasureName.corruptionError, MeasureName.relativeCorruptionError,
    MeasureName.meanCorruptionError, MeasureName.relativeMeanCorruptionError,
    MeasureName.normalizedAreaUnderAccuracy, MeasureName.halfLevel, MeasureName.classSpecificity,
    MeasureName.patchEffect, MeasureName.selectiveDrop, MeasureName.selectiveDropOfOthers,
  ]

  private static func state(_ values: [String: Double]) -> NetworkState {
    let isMeasured = values.keys.contains { $0 != MeasureName.accuracy }
    let activity = SheetActivity.Summary(
      silentShare: values[MeasureName.silentUnits],
      unitVariation: values[MeasureName.unitVariation],
      imageVariation: values[MeasureName.imageVariation])
    return isMeasured
      ? NetworkState(
        activity: activity, accuracy: values[MeasureName.accuracy],
        bound: values[MeasureName.chanceBound]) : .unknown
  }

  private struct Network: Hashable {
    var dataset: String
    var network: NetworkIdentity

    init(_ record: Record) { (dataset, network) = (record.dataset, record.network) }
  }
}
