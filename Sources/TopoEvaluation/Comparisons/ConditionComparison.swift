import TopoAnalysis
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
  /// value at a severity that both were evaluated at.
  public var unpaired: Int
  /// Severities that one network of a pair was evaluated at and the other was not, at most: they
  /// are left out.
  public var unsharedSeverities: Int
  /// The bootstrap intervals of the mean difference; nil for fewer than two pairs.
  public var intervals: PairedSample.BootstrapIntervals?
  /// The p value of the sign-flip test, corrected by Holm's method over the comparisons of the same
  /// measure and setting.
  public var correctedP: MeasuredValue

  /// Compares conditions in all measures.
  ///
  /// ```swift
  /// let values = try NetworkValues(records, measures: ["accuracy"])
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
        let comparisons = parallelMap(pairs.count) { index -> ConditionComparison? in
          let pair = pairs[index]
          let own = values[setting, measure, pair.condition]
          let other = references[setting, measure, pair.reference]
          guard !own.isEmpty, !other.isEmpty else { return nil }
          return ConditionComparison(setting, measure, pair, own, other)
        }.compactMap { $0 }
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
    _ own: [UInt64: NetworkValues.BySeverity], _ other: [UInt64: NetworkValues.BySeverity]
  ) {
    let seeds = Set(own.keys).union(other.keys).sorted()
    let differences = seeds.compactMap { seed -> Double? in
      guard let first = own[seed], let second = other[seed],
        let means = NetworkValues.means(of: [first, second])
      else { return nil }
      let difference = means[0] - means[1]
      return difference.isFinite ? difference : nil
    }
    unsharedSeverities =
      seeds.compactMap { seed in
        // A seed without a partner is counted as unpaired.
        guard let own = own[seed], let other = other[seed] else { return nil }
        return Set(own.keys).symmetricDifference(other.keys).count
      }.max() ?? 0
    (self.setting, self.measure) = (setting, measure)
    (condition, reference) = (pair.condition, pair.title)
    sample = PairedSample(differences)
    unpaired = seeds.count - differences.count
    intervals = sample.bootstrap()
    correctedP = .undefined("not compared")
  }
}
