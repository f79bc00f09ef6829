import TopoFoundation

/// Errors under corruptions relative to those of the control networks (Hendrycks and Dietterich,
/// arXiv 1903.12261; their baseline is AlexNet, here it is the mean over the control networks).
///
/// `E(s, c)` is the error of a network at severity `s` of corruption `c`, mean over draws.
/// `B(s, c)` is the mean of `E(s, c)` over the control networks of the same data set that are not
/// dead.
/// - `ce`: `sum_s E(s, c) / sum_s B(s, c)`;
/// - `relative-ce`: `sum_s (E(s, c) - E(clean)) / sum_s (B(s, c) - B(clean))`;
/// - `mce`, `relative-mce`: their means over the corruptions that have a value, which are the same
///   for all networks of a data set;
/// - `relative-mce-skipped`: the number of corruptions without a `relative-ce`;
/// - `mean-corruption-accuracy`: the mean of `1 - E(s, c)` over severities and corruptions.
public struct CorruptionError: Sendable {
  /// The names of the corruptions.
  public var corruptions: [String]
  /// The name of all of them together, in the records of means.
  public var family: String

  /// The condition's label, or kind of penalty, of the networks that are the baseline.
  public static let control = "control"
  /// Denominators up to this value count as zero.
  static let smallest = 1e-9

  /// Errors under some corruptions.
  public init(_ corruptions: [String], family: String) {
    (self.corruptions, self.family) = (corruptions, family)
  }

  private typealias Accuracies = [String: [Double: [Double]]]
  /// Errors by severity.
  private typealias Curve = [Double: Double]

  /// The measures of each network that was evaluated under any of the corruptions.
  /// - Returns: for each network in order of appearance, `ce` and `relative-ce` by corruption and
  ///   then the means. The severity of a record is the largest one.
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
    // Dead networks are near chance everywhere: their errors are no baseline.
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

  /// The mean over networks of each error that all of them have.
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
      let errors = severities.compactMap { curve[$0] }
      let ce: MeasuredValue
      let relativeCE: MeasuredValue
      if let base {
        let control = severities.compactMap { base[name]?[$0] }
        ce = Self.ratio(errors, control, baseIsZero: "the control networks make no errors")
        if let clean = curves[Record.clean]?[0], let controlClean = base[Record.clean]?[0] {
          relativeCE = Self.ratio(
            errors.map { $0 - clean }, control.map { $0 - controlClean },
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
    _ errors: [Double], _ control: [Double], baseIsZero: String
  ) -> MeasuredValue {
    guard errors.count == control.count else {
      return .undefined("the control networks were not evaluated at the same severities")
    }
    let denominator = control.reduce(0, +)
    guard denominator > smallest else { return .undefined(baseIsZero) }
    return MeasuredValue(errors.reduce(0, +) / denominator)
  }

  /// The mean over the corruptions that have a value.
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
  /// Number of corruptions without a `relative-ce`, which `relative-mce` skips.
  public static let skippedCorruptions = "relative-mce-skipped"
  /// Mean accuracy over severities and corruptions.
  public static let meanCorruptionAccuracy = "mean-corruption-accuracy"
}
