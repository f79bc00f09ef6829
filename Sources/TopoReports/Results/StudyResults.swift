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
  /// Values by the images that they were measured on.
  let groups: [ImageGroup<NetworkValues>]
  /// Which of `groups` counts for each measure.
  let choice: [ComparedMeasure: Int]
  /// The measures, in order of appearance.
  let measures: [ComparedMeasure]
  /// Severities of each perturbation, ascending, without 0.
  let severities: [String: [Double]]
  /// Perturbations in order of appearance.
  let perturbations: [String]
  /// The folders that networks of this setting are in.
  let folders: [ResultFolder]

  /// Joins the networks of a setting.
  /// - Throws: `UserError` if two records contradict each other.
  init(
    _ setting: NetworkValues.Setting, _ groups: [ImageGroup<[Record]>],
    networks: [NetworkIdentity], folders: [ResultFolder]
  ) throws {
    (self.setting, self.folders) = (setting, folders)
    let records = groups.flatMap(\.rows)
    var known: Set<String> = []
    var states: [String: NetworkState] = [:]
    var identities: [NetworkIdentity] = []
    var seeds: [String: Set<UInt64>] = [:]
    for network in records.map(\.network) + networks {
      if known.insert(network.condition).inserted { identities.append(network) }
      seeds[network.condition, default: []].insert(network.seed)
    }
    // Chance is a wider range on fewer images, so those with the most decide.
    for group in groups.sorted(by: { $0.images.count ?? 0 < $1.images.count ?? 0 }) {
      for record in group.rows where record.state != .unknown {
        states[Self.name(of: record.network)] = record.state
      }
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
    let values = try groups.map { group in
      ImageGroup(
        images: group.images,
        rows: try NetworkValues(
          groups.count == 1
            ? group.rows
            : group.rows.map { record in
              var record = record
              record.state = states[Self.name(of: record.network)] ?? record.state
              return record
            }))
    }
    self.groups = values
    var (measures, choice) = ([ComparedMeasure](), [ComparedMeasure: Int]())
    for measure in values.flatMap(\.rows.measures) where choice[measure] == nil {
      measures.append(measure)
      choice[measure] =
        ImageGroup.chosen(values) { $0.networks(measure, setting) } ?? 0
    }
    (self.measures, self.choice) = (measures, choice)
  }

  private static func name(of network: NetworkIdentity) -> String {
    "\(network.condition), seed \(network.seed)"
  }

  /// The values of the networks of a condition by severity, on the images that count.
  func values(_ measure: ComparedMeasure, of condition: String) -> [UInt64: NetworkValues
    .BySeverity]
  {
    choice[measure].map { groups[$0].rows[setting, measure, condition] } ?? [:]
  }

  /// The value of each living network of a condition: the mean over severities, or that at one.
  /// Networks without a value are left out.
  func seeds(
    _ measure: ComparedMeasure, of condition: String, at severity: Double? = nil
  ) -> [UInt64: Double] {
    values(measure, of: condition).compactMapValues { bySeverity in
      guard let severity else { return NetworkValues.means(of: [bySeverity])?[0] }
      return bySeverity[severity]?.number
    }
  }

  /// Whether a network learned nothing.
  func isDead(_ condition: String, seed: UInt64) -> Bool {
    dead.contains { $0.name == "\(condition), seed \(seed)" }
  }

  /// Whether any network has the measure.
  func has(_ measure: ComparedMeasure) -> Bool { choice[measure] != nil }

  /// `mnist`, with what distinguishes it from other settings of the report.
  var title: String { setting.dataset }
}
