import Foundation
import TopoEvaluation
import TopoFoundation
import TopoStatistics

/// Comparisons of conditions as text and as comma-separated values.
///
/// ```swift
/// print(ComparisonTable(ConditionComparison.all(values, pairs: pairs)).text)
/// ```
public struct ComparisonTable: Sendable {
  private let comparisons: [ConditionComparison]
  private let trends: [LambdaTrend]
  private let remarks: [String]

  /// Comparisons and trends in the order of the rows.
  /// - Parameter remarks: sentences below the comparisons.
  public init(
    _ comparisons: [ConditionComparison], trends: [LambdaTrend] = [], remarks: [String] = []
  ) {
    (self.comparisons, self.trends, self.remarks) = (comparisons, trends, remarks)
  }

  /// The tables for the terminal.
  /// - Parameters:
  ///   - width: columns of the terminal.
  ///   - colored: whether differences that remain significant after correction have a color.
  public func text(width: Int = 100, colored: Bool = false) -> String {
    var table = TextTable(
      (several ? [TextTable.Column("networks", .left)] : [])
        + [.init("measure", .left), .init("condition", .left)]
        + (commonReference == nil ? [.init("less", .left)] : [])
        + [
          .init("seeds", .right), .init("difference", .right), .init("95 % interval", .right),
          .init("g", .right), .init("p", .right), .init("corrected p", .right),
        ])
    let last = table.columns.count - 1
    for comparison in comparisons {
      let sample = comparison.sample
      let isFound = (comparison.correctedP.number ?? 1) <= 0.05
      let scale = Self.percent(comparison.measure) ? 100.0 : 1
      table.append(
        (several ? [Self.title(comparison.setting)] : [])
          + [
            comparison.measure.title + (scale == 1 ? "" : " %"), comparison.condition,
          ] + (commonReference == nil ? [comparison.reference] : [])
          + [
            Self.seeds(comparison),
            Self.number(sample.mean.number.map { $0 * scale }),
            sample.tInterval().map {
              Self.number($0.lowerBound * scale) + " to " + Self.number($0.upperBound * scale)
            } ?? "-",
            Self.number(sample.hedgesG.number),
            Self.probability(sample.count > 1 ? sample.signFlip.number : nil),
            Self.probability(sample.count > 1 ? comparison.correctedP.number : nil),
          ], marks: isFound ? [last: .best] : [:])
    }
    table.notes = notes + remarks
    var text = table.text(width: width, colored: colored)
    if !trends.isEmpty { text += "\n" + trendTable.text(width: width, colored: colored) }
    return text
  }

  private var several: Bool {
    Set(comparisons.map(\.setting)).union(trends.map(\.setting)).count > 1
  }

  /// The reference of all comparisons; nil if they differ.
  private var commonReference: String? {
    Set(comparisons.map(\.reference)).count == 1 ? comparisons.first?.reference : nil
  }

  private var notes: [String] {
    var notes = [
      "Mean of condition less \(commonReference ?? "the other") over networks that share a seed, with "
        + "Student's interval; Hedges' g of the differences; p of the sign-flip test, and corrected "
        + "for the comparisons of the measure (Holm)."
    ]
    guard let pairs = comparisons.map(\.sample.count).max() else { return notes }
    if comparisons.contains(where: { $0.unsharedSeverities > 0 && $0.sample.count > 0 }) {
      notes.append("Severities that only one network of a pair was evaluated at are left out.")
    }
    guard pairs > 1, let effect = PairedPower.smallestEffect(pairs: pairs) else {
      return notes + ["One seed: no interval and no test."]
    }
    return notes + [
      "With \(pairs) seeds no p is below "
        + "\(Self.probability(PairedSample.smallestSignFlip(pairs: pairs))). A paired t test at 0.05, "
        + "without correction, finds a true difference of " + String(format: "%.2f", effect)
        + " standard deviations in four studies of five."
    ]
  }

  private var trendTable: TextTable {
    var table = TextTable(
      (several ? [TextTable.Column("networks", .left)] : [])
        + [
          .init("measure", .left), .init("over lambda", .left), .init("lambdas", .left),
          .init("seeds", .right), .init("trend", .right), .init("p", .right),
        ])
    for trend in trends {
      table.append(
        (several ? [Self.title(trend.setting)] : [])
          + [
            trend.measure.title, trend.family,
            trend.lambdas.map { EpsilonText.text($0) }.joined(separator: " "),
            "\(trend.test.blocks)", String(format: "%+.2f", trend.test.correlation),
            Self.probability(trend.test.p),
          ])
    }
    table.notes = [
      "Trend over lambda: 1 if the measure grows at each step in every seed, -1 if it falls; p of "
        + "Page's test."
    ]
    return table
  }

  private static func percent(_ measure: ComparedMeasure) -> Bool {
    [MeasureName.accuracy, ComparedMeasure.accuracyChange].contains(measure.name)
  }

  /// `10`, or `8 of 10` if two seeds have no partner.
  private static func seeds(_ comparison: ConditionComparison) -> String {
    let count = comparison.sample.count
    return comparison.unpaired == 0 ? "\(count)" : "\(count) of \(count + comparison.unpaired)"
  }

  private static func title(_ setting: NetworkValues.Setting) -> String {
    "\(setting.dataset) \(setting.architecture) \(setting.sheet)"
      + (setting.epoch > 0 ? " epoch \(setting.epoch)" : "")
  }

  /// Three significant digits.
  private static func number(_ value: Double?) -> String {
    guard let value else { return "-" }
    guard value != 0 else { return "0" }
    // Of the rounded value: 9.999 has the digits of 10.
    let rounded = Double(String(format: "%.2e", value)) ?? value
    let digits = max(0, 2 - Int(floor(log10(abs(rounded)))))
    return abs(value) < 1e-4 ? String(format: "%.1e", value) : String(format: "%.\(digits)f", value)
  }

  private static func probability(_ value: Double?) -> String {
    guard let value else { return "-" }
    return value < 0.0001 ? String(format: "%.0e", value) : String(format: "%.4f", value)
  }

  /// The columns of `csv`.
  public static let columns = [
    "dataset", "architecture", "sheet", "epoch", "measure", "perturbation", "condition",
    "reference", "seeds", "unpaired", "difference", "standard-deviation", "standard-error",
    "t-lower", "t-upper", "bootstrap-lower", "bootstrap-upper", "bca-lower", "bca-upper", "d-z",
    "hedges-g", "t", "t-test-p", "wilcoxon-p", "sign-flip-p", "corrected-p",
  ]

  /// Every number of the comparisons, a row each. Cells without a value are empty.
  public var csv: String {
    CSV.line(Self.columns)
      + comparisons.map { comparison in
        let (setting, sample) = (comparison.setting, comparison.sample)
        let interval = sample.tInterval()
        let bootstrap = comparison.intervals
        let numbers: [Double?] = [
          sample.mean.number, sample.standardDeviation.number, sample.standardError.number,
          interval?.lowerBound, interval?.upperBound, bootstrap?.percentile.lowerBound,
          bootstrap?.percentile.upperBound, bootstrap?.corrected.lowerBound,
          bootstrap?.corrected.upperBound, sample.standardizedEffect.number,
          sample.hedgesG.number, sample.t.number, sample.tTest.number, sample.wilcoxon.number,
          sample.signFlip.number, comparison.correctedP.number,
        ]
        return CSV.line(
          [
            setting.dataset, setting.architecture, setting.sheet, "\(setting.epoch)",
            comparison.measure.name, comparison.measure.perturbation, comparison.condition,
            comparison.reference, "\(sample.count)", "\(comparison.unpaired)",
          ] + numbers.map { $0.map { "\($0)" } ?? "" })
      }.joined()
  }
}
