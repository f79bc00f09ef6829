import TopoFoundation
import TopoNetworks

/// One value per network and measure: draws are averaged first, then severities, because neither
/// are replicates of a network.
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
  }

  /// The settings, in order of appearance.
  public private(set) var settings: [Setting] = []
  /// The measures, in order of appearance.
  public private(set) var measures: [ComparedMeasure] = []
  /// A network of each condition, in order of appearance.
  public private(set) var conditions: [NetworkIdentity] = []
  private var values: [Setting: [ComparedMeasure: [String: [UInt64: MeasuredValue]]]] = [:]

  /// The values of records.
  /// - Parameters:
  ///   - measures: names of the measures that are kept; nil for all.
  ///   - includesDead: whether networks that learned nothing have values.
  public init(_ records: [Record], measures names: Set<String>? = nil, includesDead: Bool = false) {
    var sums: [Key: [Double: (sum: Double, count: Int)]] = [:]
    var order: [Key] = []
    var (knownConditions, reasons) = (Set<String>(), [Key: String]())
    for record in records {
      if knownConditions.insert(record.condition).inserted { conditions.append(record.network) }
      guard includesDead || !record.state.isDead else { continue }
      let isNeeded =
        names?.contains(record.measure) ?? true
        || (record.measure == MeasureName.accuracy
          && names?.contains(ComparedMeasure.accuracyChange) ?? true)
      // Severity 0 is the clean network, not a severity to average.
      guard isNeeded, record.perturbation == Record.clean || Self.counts(record) else { continue }
      let key = Key(
        setting: Setting(
          dataset: record.dataset, architecture: record.network.architecture,
          sheet: record.network.sheet, epoch: record.network.epoch),
        measure: ComparedMeasure(record.measure, under: record.perturbation),
        condition: record.condition, seed: record.network.seed)
      if sums[key] == nil {
        order.append(key)
        sums[key] = [:]
      }
      switch record.value {
      case .value(let number):
        let old = sums[key]?[record.severity] ?? (0, 0)
        sums[key]?[record.severity] = (old.sum + number, old.count + 1)
      case .undefined(let reason): reasons[key] = reasons[key] ?? reason
      }
    }
    for key in order {
      let means = (sums[key] ?? [:]).sorted { $0.key < $1.key }.map {
        $0.value.sum / Double($0.value.count)
      }
      set(
        MeasuredValue(Statistics.mean(means), orUndefined: reasons[key] ?? "no values"), for: key)
    }
    addChanges(names)
  }

  private struct Key: Hashable {
    var setting: Setting
    var measure: ComparedMeasure
    var condition: String
    var seed: UInt64
  }

  /// Whether a record of a perturbation is of a severity. Summaries over severities, such as areas,
  /// have severity 0, but severity 0 of a measure that clean images have is the clean network.
  private static func counts(_ record: Record) -> Bool {
    record.severity > 0
      || ![
        MeasureName.accuracy, MeasureName.negativeLogLikelihood, MeasureName.brierScore,
        MeasureName.calibrationError,
      ].contains(record.measure)
  }

  private mutating func set(_ value: MeasuredValue, for key: Key) {
    if values[key.setting] == nil { settings.append(key.setting) }
    if !measures.contains(key.measure) { measures.append(key.measure) }
    values[key.setting, default: [:]][key.measure, default: [:]][key.condition, default: [:]][
      key.seed] = value
  }

  /// Adds the change of accuracy under each perturbation, and removes accuracies that were read for
  /// it alone.
  private mutating func addChanges(_ names: Set<String>?) {
    let name = ComparedMeasure.accuracyChange
    if names?.contains(name) ?? true {
      let perturbed = measures.filter {
        $0.name == MeasureName.accuracy && $0.perturbation != Record.clean
      }
      for setting in settings {
        let clean = values[setting]?[ComparedMeasure(MeasureName.accuracy)] ?? [:]
        for measure in perturbed {
          for (condition, seeds) in values[setting]?[measure] ?? [:] {
            for (seed, value) in seeds {
              guard let number = value.number, let base = clean[condition]?[seed]?.number else {
                continue
              }
              set(
                .value(number - base),
                for: Key(
                  setting: setting, measure: ComparedMeasure(name, under: measure.perturbation),
                  condition: condition, seed: seed))
            }
          }
        }
      }
    }
    if let names { measures.removeAll { !names.contains($0.name) } }
  }

  /// The values of a condition by seed; empty if it has none.
  public subscript(
    setting: Setting, measure: ComparedMeasure, condition: String
  ) -> [UInt64: MeasuredValue] {
    values[setting]?[measure]?[condition] ?? [:]
  }
}
