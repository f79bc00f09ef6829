import TopoFoundation
import TopoNetworks

/// The values of networks by measure and severity. Draws are averaged, because they are not
/// replicates of a network.
public struct NetworkValues: Sendable {
  /// Networks that may be compared: those of one data set and architecture, after as many epochs.
  public struct Setting: Sendable, Hashable {
    /// Name of the data set.
    public var dataset: String
    /// The architecture's name.
    public var architecture: String
    /// Extents of the sheet: `11x11`.
    public var sheet: String
    /// Epochs of training.
    public var epoch: Int

    /// A setting by its values.
    public init(dataset: String, architecture: String, sheet: String, epoch: Int) {
      (self.dataset, self.architecture) = (dataset, architecture)
      (self.sheet, self.epoch) = (sheet, epoch)
    }
  }

  /// The values of a network in a measure by severity, each the mean over draws.
  public typealias BySeverity = [Double: MeasuredValue]

  /// The settings, in order of appearance.
  public private(set) var settings: [Setting] = []
  /// The measures, in order of appearance.
  public private(set) var measures: [ComparedMeasure] = []
  /// A network of each condition, in order of appearance.
  public private(set) var conditions: [NetworkIdentity] = []
  private var values: [Setting: [ComparedMeasure: [String: [UInt64: BySeverity]]]] = [:]

  fileprivate struct Key: Hashable {
    var setting: Setting
    var measure: ComparedMeasure
    var condition: String
    var seed: UInt64
  }

  /// The values of records.
  /// - Parameters:
  ///   - measures: names of the measures that are kept; nil for all.
  ///   - includesDead: whether networks that learned nothing have values.
  /// - Throws: `UserError` if two records differ in nothing but their value.
  public init(
    _ records: [Record], measures names: Set<String>? = nil, includesDead: Bool = false
  ) throws {
    let changes = names?.contains(ComparedMeasure.accuracyChange) ?? true
    var draws: [Key: [Double: [Int: MeasuredValue]]] = [:]
    var (order, labels) = ([Key](), Set<String>())
    for record in records {
      if labels.insert(record.condition).inserted { conditions.append(record.network) }
      guard includesDead || !record.state.isDead,
        names?.contains(record.measure) ?? true
          || (changes && record.measure == MeasureName.accuracy)
      else { continue }
      let key = Key(record)
      if draws[key] == nil { order.append(key) }
      let known = draws[key]?[record.severity]?[record.draw]
      guard known == nil || known == record.value else {
        throw UserError(
          "\(record.condition), seed \(record.network.seed), has two values of "
            + "\(key.measure.title) at severity \(record.severity), draw \(record.draw): keep one "
            + "row of metrics.csv")
      }
      draws[key, default: [:]][record.severity, default: [:]][record.draw] = record.value
    }
    for key in order { set((draws[key] ?? [:]).mapValues(Self.mean), for: key) }
    if changes { addChanges() }
    dropCleanSeverities()
    if let names { measures.removeAll { !names.contains($0.name) } }
  }

  /// The values of a condition by seed; empty if it has none.
  public subscript(
    setting: Setting, measure: ComparedMeasure, condition: String
  ) -> [UInt64: BySeverity] {
    values[setting]?[measure]?[condition] ?? [:]
  }

  /// The mean over severities of each of some networks that are compared with each other. Only
  /// severities that all of them were evaluated at count; nil if there are none, or if one of the
  /// values there is undefined.
  public static func means(of networks: [BySeverity]) -> [Double]? {
    let shared = (networks.first ?? [:]).keys.sorted().filter { severity in
      networks.allSatisfy { $0[severity] != nil }
    }
    guard !shared.isEmpty else { return nil }
    let means = networks.compactMap { network -> Double? in
      let numbers = shared.compactMap { network[$0]?.number }
      return numbers.count == shared.count ? Statistics.mean(numbers) : nil
    }
    return means.count == networks.count ? means : nil
  }

  /// The mean of draws, in their order; undefined if one of them is.
  private static func mean(_ draws: [Int: MeasuredValue]) -> MeasuredValue {
    let sorted = draws.sorted { $0.key < $1.key }.map(\.value)
    if let undefined = sorted.first(where: { $0.number == nil }) { return undefined }
    return MeasuredValue(Statistics.mean(sorted.compactMap(\.number)), orUndefined: "no values")
  }

  private mutating func set(_ value: BySeverity, for key: Key) {
    if values[key.setting] == nil { settings.append(key.setting) }
    if !measures.contains(key.measure) { measures.append(key.measure) }
    values[key.setting, default: [:]][key.measure, default: [:]][key.condition, default: [:]][
      key.seed] = value
  }

  /// Adds the change of accuracy under each perturbation. It is that to severity 0 if a task has it,
  /// as attacks have, which may be on fewer images than the clean task.
  private mutating func addChanges() {
    let perturbed = measures.filter {
      $0.name == MeasureName.accuracy && $0.perturbation != Record.clean
    }
    for setting in settings {
      let clean = values[setting]?[ComparedMeasure(MeasureName.accuracy)] ?? [:]
      for measure in perturbed {
        for (condition, seeds) in values[setting]?[measure] ?? [:] {
          for (seed, accuracies) in seeds {
            guard let base = (accuracies[0] ?? clean[condition]?[seed]?[0])?.number else {
              continue
            }
            set(
              accuracies.mapValues { $0.number.map { .value($0 - base) } ?? $0 },
              for: Key(
                setting: setting,
                measure: ComparedMeasure(
                  ComparedMeasure.accuracyChange, under: measure.perturbation),
                condition: condition, seed: seed))
          }
        }
      }
    }
  }

  /// Removes severity 0, the clean network, from measures that have other severities. Summaries over
  /// severities, such as areas, have severity 0 alone and keep it.
  private mutating func dropCleanSeverities() {
    for measure in measures where measure.perturbation != Record.clean {
      let isSwept = settings.contains { setting in
        (values[setting]?[measure] ?? [:]).values.contains { seeds in
          seeds.values.contains { $0.keys.contains { $0 > 0 } }
        }
      }
      guard isSwept else { continue }
      for setting in settings {
        let swept = values[setting]?[measure]?.mapValues { seeds in
          seeds.mapValues { $0.filter { $0.key > 0 } }.filter { !$0.value.isEmpty }
        }
        values[setting]?[measure] = swept
      }
    }
  }
}

extension NetworkValues.Key {
  fileprivate init(_ record: Record) {
    self.init(
      setting: NetworkValues.Setting(
        dataset: record.dataset, architecture: record.network.architecture,
        sheet: record.network.sheet, epoch: record.network.epoch),
      measure: ComparedMeasure(record.measure, under: record.perturbation),
      condition: record.condition, seed: record.network.seed)
  }
}
