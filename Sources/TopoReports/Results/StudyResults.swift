import Foundation
import TopoEvaluation
import TopoFoundation
import TopoNetworks

/// The results of the networks of one data set, architecture, sheet and number of epochs, joined
/// from all folders. Networks of two data sets are never in one of these.
struct StudyResults: Sendable {
  let setting: NetworkValues.Setting
  /// Label of the condition that others are compared with; nil without one.
  let control: String?
  let families: [ConditionFamily]
  /// All conditions, control first.
  let conditions: [String]
  /// Seeds of each condition, dead networks included.
  let seeds: [String: Set<UInt64>]
  /// Dead networks by name, with their state.
  let dead: [(name: String, state: NetworkState)]
  /// Whether it is known of any network if it is dead.
  let knowsStates: Bool
  /// Records without a value by measure, with a reason.
  let undefined: [(measure: String, count: Int, reason: String)]
  let values: NetworkValues
  private let measures: Set<ComparedMeasure>
  /// Severities of each perturbation, ascending, without 0.
  let severities: [String: [Double]]
  /// Perturbations in order of appearance.
  let perturbations: [String]
  /// The folders that networks of this setting are in.
  let folders: [ResultFolder]

  /// Joins the networks of a setting.
  /// - Throws: `UserError` if two records contradict each other.
  init(
    _ setting: NetworkValues.Setting, _ records: [Record], networks: [NetworkIdentity],
    folders: [ResultFolder]
  ) throws {
    (self.setting, self.folders) = (setting, folders)
    var known: Set<String> = []
    var states: [String: NetworkState] = [:]
    var identities: [NetworkIdentity] = []
    var seeds: [String: Set<UInt64>] = [:]
    for network in records.map(\.network) + networks {
      if known.insert(network.condition).inserted { identities.append(network) }
      seeds[network.condition, default: []].insert(network.seed)
    }
    for record in records where record.state != .unknown {
      states["\(record.condition), seed \(record.network.seed)"] = record.state
    }
    self.seeds = seeds
    control = identities.first { $0.penalty == "control" }?.condition
    families = ConditionFamily.all(identities)
    conditions =
      (control.map { [$0] } ?? []) + families.flatMap { $0.members.map(\.condition) }
    knowsStates = !states.isEmpty
    dead = states.filter(\.value.isDead).sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    var reasons: [String: (count: Int, reason: String)] = [:]
    var severities: [String: Set<Double>] = [:]
    var perturbations: [String] = []
    for record in records {
      if let reason = record.value.reason {
        reasons[record.measure, default: (0, reason)].count += 1
      }
      if severities[record.perturbation] == nil { perturbations.append(record.perturbation) }
      severities[record.perturbation, default: []].insert(record.severity)
    }
    undefined = reasons.sorted { $0.key < $1.key }.map {
      (measure: $0.key, count: $0.value.count, reason: $0.value.reason)
    }
    self.severities = severities.mapValues { $0.filter { $0 > 0 }.sorted() }
    self.perturbations = perturbations.filter { $0 != Record.clean }
    values = try NetworkValues(records)
    measures = Set(values.measures)
  }

  /// The value of each living network of a condition: the mean over severities, or that at one.
  /// Networks without a value are left out.
  func seeds(
    _ measure: ComparedMeasure, of condition: String, at severity: Double? = nil
  ) -> [UInt64: Double] {
    values[setting, measure, condition].compactMapValues { bySeverity in
      guard let severity else { return NetworkValues.means(of: [bySeverity])?[0] }
      return bySeverity[severity]?.number
    }
  }

  /// Whether any network has the measure.
  func has(_ measure: ComparedMeasure) -> Bool { measures.contains(measure) }

  /// `mnist`, with what distinguishes it from other settings of the report.
  var title: String { setting.dataset }

  /// The rows of a table of all folders that belong to this setting.
  /// - Parameters:
  ///   - table: chooses the table of a folder.
  ///   - columns: those of the result; rows of folders that lack one are left out.
  func rows(_ table: (ResultFolder) -> ColumnTable?, _ columns: [String]) -> [[String]] {
    folders.flatMap { folder -> [[String]] in
      guard let found = table(folder) else { return [] }
      let keys = ["dataset", "architecture", "sheet"].filter(found.columns.contains)
      let wanted = keys.map { key in
        switch key {
        case "dataset": setting.dataset
        case "architecture": setting.architecture
        default: setting.sheet
        }
      }
      return (found.texts(keys + columns) ?? []).filter { Array($0.prefix(keys.count)) == wanted }
        .map { Array($0.dropFirst(keys.count)) }
    }
  }
}
