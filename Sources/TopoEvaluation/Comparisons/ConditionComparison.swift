import TopoFoundation
import TopoNetworks
import TopoStatistics

/// A condition against another one in a measure, paired by seed.
public struct ConditionComparison: Sendable, Hashable {
  /// The networks that are compared.
  public var setting: NetworkValues.Setting
  /// What they are compared in.
  public var measure: ComparedMeasure
  /// The condition.
  public var condition: String
  /// What it is compared with: a condition, or the condition of another run.
  public var reference: String
  /// Differences of the networks that share a seed: condition less reference, in the order of
  /// seeds.
  public var sample: PairedSample
  /// Seeds that either condition has, but of which a network is missing, is left out or has no
  /// value.
  public var unpaired: Int
  /// The bootstrap intervals of the mean difference; nil for fewer than two pairs.
  public var intervals: PairedSample.BootstrapIntervals?
  /// The p value of the sign-flip test, corrected by Holm's method over the comparisons of the same
  /// measure and setting.
  public var correctedP: MeasuredValue

  /// Compares conditions in all measures.
  ///
  /// ```swift
  /// let values = NetworkValues(records, measures: ["accuracy"])
  /// let all = ConditionComparison.all(values, pairs: try ConditionPair.against("control", values))
  /// ```
  /// - Parameters:
  ///   - values: the values of the networks.
  ///   - references: the values of the reference conditions; by default the same.
  ///   - pairs: the conditions to compare.
  public static func all(
    _ values: NetworkValues, against references: NetworkValues? = nil, pairs: [ConditionPair]
  ) -> [ConditionComparison] {
    let references = references ?? values
    return values.settings.flatMap { setting in
      values.measures.flatMap { measure -> [ConditionComparison] in
        let comparisons = pairs.compactMap { pair -> ConditionComparison? in
          let own = values[setting, measure, pair.condition]
          let other = references[setting, measure, pair.reference]
          guard !own.isEmpty, !other.isEmpty else { return nil }
          return ConditionComparison(setting, measure, pair, own, other)
        }
        let corrected = HolmCorrection.adjusted(comparisons.map(\.sample.signFlip.number))
        return zip(comparisons, corrected).map { comparison, p in
          var comparison = comparison
          comparison.correctedP = p.map { .value($0) } ?? comparison.sample.signFlip
          return comparison
        }
      }
    }
  }

  private init(
    _ setting: NetworkValues.Setting, _ measure: ComparedMeasure, _ pair: ConditionPair,
    _ own: [UInt64: MeasuredValue], _ other: [UInt64: MeasuredValue]
  ) {
    let seeds = Set(own.keys).union(other.keys).sorted()
    let differences = seeds.compactMap { seed -> Double? in
      guard let value = own[seed]?.number, let base = other[seed]?.number else { return nil }
      return value - base
    }
    (self.setting, self.measure) = (setting, measure)
    (condition, reference) = (pair.condition, pair.title)
    sample = PairedSample(differences)
    unpaired = seeds.count - differences.count
    intervals = sample.bootstrap()
    correctedP = .undefined("not compared")
  }
}
