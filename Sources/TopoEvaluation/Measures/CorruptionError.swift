import TopoFoundation

/// Errors under corruptions relative to those of the control networks (Hendrycks and Dietterich,
/// arXiv 1903.12261, whose base is AlexNet; ours is the control condition, mean over its seeds).
///
/// With `E(s, c)` the error of a network at severity `s` of corruption `c`, mean over draws, and
/// `B(s, c)` the mean of `E(s, c)` over the control networks of the same data that are not dead:
/// - `ce`: `sum_s E(s, c) / sum_s B(s, c)`;
/// - `relative-ce`: `sum_s (E(s, c) - E(clean)) / sum_s (B(s, c) - B(clean))`;
/// - `mce`, `relative-mce`: their means over the corruptions that have a value, which are the same for
///   all networks of a data set; `relative-mce-skipped`: the number of those without a relative one;
/// - `mean-corruption-accuracy`: the mean of `1 - E(s, c)` over severities and corruptions.
public struct CorruptionError: Sendable {
  /// The corruptions that count, by name.
  public var corruptions: [String]
  /// What they are called together, in the records of means.
  public var family: String

  /// The condition's label, or kind, whose networks are the base.
  public static let control = "control"
  /// Below this a denominator is taken for zero.
  static let smallest = 1e-9

  /// Errors under `corruptions`.
  public init(_ corruptions: [String], family: String) {
    (self.corruptions, self.family) = (corruptions, family)
  }

  private typealias Accuracies = [String: [Double: [Double]]]
  /// Errors by severity.
  private typealias Curve = [Double: Double]

  /// The measures of each network that was evaluated under any of the corruptions.
  /// - Returns: for each network in order of appearance, `ce` and `relative-ce` by corruption and
  ///   then the means; severities are the largest ones.
  public func records(_ records: [Record]) -> [Record] {
    let wanted = Set(corruptions + [Record.clean])
    var networks = NetworkOrder<Accuracies>()
    for record in records
    where record.measure == MeasureName.accuracy && wanted.contains(record.perturbation) {
      guard let value = record.value.number else { continue }
      networks.update(record) {
        $0[record.perturbation, default: [:]][record.severity, default: []].append(value)
      }
    }
    let errors = networks.all.map { network, accuracies in
      (network: network, curves: accuracies.mapValues { $0.mapValues(Self.error) })
    }
    // A dead network's errors are no yardstick.
    let bases = Dictionary(
      grouping: errors.filter { Self.isControl($0.network) && !$0.network.state.isDead }
    ) {
      $0.network.dataset
    }.mapValues { Self.mean($0.map(\.curves)) }
    return errors.flatMap { network, curves in
      corruptions.contains { curves[$0] != nil }
        ? self.records(network, curves, base: bases[network.dataset]) : []
    }
  }

  private static func isControl(_ record: Record) -> Bool {
    record.penalty == control || record.condition == control
  }

  private static func error(_ accuracies: [Double]) -> Double {
    1 - Statistics.mean(accuracies)
  }

  /// Mean over networks of each error that all of them have.
  private static func mean(_ networks: [[String: Curve]]) -> [String: Curve] {
    guard let first = networks.first else { return [:] }
    return Dictionary(
      uniqueKeysWithValues: first.map { name, curve in
        let means = curve.compactMap { severity, _ -> (Double, Double)? in
          let values = networks.compactMap { $0[name]?[severity] }
          guard values.count == networks.count else { return nil }
          return (severity, Statistics.mean(values))
        }
        return (name, Dictionary(uniqueKeysWithValues: means))
      })
  }

  private func records(
    _ network: Record, _ curves: [String: Curve], base: [String: Curve]?
  ) -> [Record] {
    var records: [Record] = []
    var (plain, relative): ([MeasuredValue], [MeasuredValue]) = ([], [])
    var (accuracies, largest): ([Double], Double) = ([], 0)
    for name in corruptions {
      guard let curve = curves[name] else { continue }
      let severities = curve.keys.sorted()
      let last = severities.last ?? 0
      largest = max(largest, last)
      accuracies += severities.compactMap { curve[$0].map { 1 - $0 } }
      let own = severities.compactMap { curve[$0] }
      let ce: MeasuredValue
      let relativeCE: MeasuredValue
      if let base {
        let control = severities.compactMap { base[name]?[$0] }
        ce = Self.ratio(own, control, baseIsZero: "the control networks make no errors")
        if let clean = curves[Record.clean]?[0], let controlClean = base[Record.clean]?[0] {
          relativeCE = Self.ratio(
            own.map { $0 - clean }, control.map { $0 - controlClean },
            baseIsZero: "the control networks lose no accuracy")
        } else {
          relativeCE = .undefined("the clean images were not evaluated")
        }
      } else {
        ce = .undefined("there is no control network that learned")
        relativeCE = ce
      }
      plain.append(ce)
      relative.append(relativeCE)
      records.append(
        network.derived(MeasureName.corruptionError, perturbation: name, severity: last, ce))
      records.append(
        network.derived(
          MeasureName.relativeCorruptionError, perturbation: name, severity: last, relativeCE))
    }
    func whole(_ measure: String, _ value: MeasuredValue) {
      records.append(
        network.derived(measure, perturbation: family, severity: largest, value))
    }
    whole(MeasureName.meanCorruptionError, Self.mean(plain))
    whole(MeasureName.relativeMeanCorruptionError, Self.mean(relative))
    whole(
      MeasureName.skippedCorruptions, .value(Double(relative.count { $0.number == nil })))
    whole(
      MeasureName.meanCorruptionAccuracy,
      MeasuredValue(Statistics.mean(accuracies)))
    return records
  }

  private static func ratio(
    _ own: [Double], _ control: [Double], baseIsZero: String
  ) -> MeasuredValue {
    guard own.count == control.count else {
      return .undefined("the control networks were not evaluated at the same severities")
    }
    let denominator = control.reduce(0, +)
    guard denominator > smallest else { return .undefined(baseIsZero) }
    return MeasuredValue(own.reduce(0, +) / denominator)
  }

  /// Mean over the corruptions that have a value.
  private static func mean(_ values: [MeasuredValue]) -> MeasuredValue {
    let numbers = values.compactMap(\.number)
    guard numbers.isEmpty, let undefined = values.first else {
      return MeasuredValue(
        Statistics.mean(numbers), orUndefined: "no corruption")
    }
    return undefined
  }
}

extension MeasureName {
  /// Error under a corruption relative to that of the control networks.
  public static let corruptionError = "ce"
  /// Error beyond that on clean images, relative to that of the control networks.
  public static let relativeCorruptionError = "relative-ce"
  /// Mean of `ce` over corruptions.
  public static let meanCorruptionError = "mce"
  /// Mean of `relative-ce` over corruptions.
  public static let relativeMeanCorruptionError = "relative-mce"
  /// Corruptions without a `relative-ce`, which `relative-mce` skips.
  public static let skippedCorruptions = "relative-mce-skipped"
  /// Mean accuracy over severities and corruptions.
  public static let meanCorruptionAccuracy = "mean-corruption-accuracy"
}
