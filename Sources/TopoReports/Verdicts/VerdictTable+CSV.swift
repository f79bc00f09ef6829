import TopoEvaluation
import TopoFoundation
import TopoStatistics

extension VerdictTable {
  /// The columns of `csv`.
  static let columns = [
    "dataset", "claim", "networks", "measure", "images", "lambda", "claimed",
    "smallest-that-matters",
    "difference", "lower", "upper", "hedges-g", "corrected-p", "seeds", "left-out", "verdict",
    "remark", "epoch",
  ]

  /// A row for each row of the table, whose `lambda` is empty, and then one for each lambda. Numbers
  /// are in the unit of the measure; accuracies are shares. Cells without a value are empty.
  var csv: String {
    CSV.line(Self.columns)
      + rows.map { row in
        let first = [
          row.dataset ?? "", row.claim.sentence, row.family ?? "", row.test.title, row.images,
        ]
        let claimed = [row.test.direction.rawValue, Self.text(row.smallest)]
        let summary = CSV.line(
          first + [""] + claimed + Self.numbers(row.sample, row.correctedP) + [
            "\(row.sample.count)", "\(row.leftOut)", row.verdict.rawValue, row.remark,
            row.setting.map { "\($0.epoch)" } ?? "",
          ])
        return summary
          + row.lambdas.map { one in
            CSV.line(
              first + [EpsilonText.text(one.lambda)] + claimed
                + Self.numbers(one.sample, one.correctedP) + [
                  "\(one.sample.count)", "", "", "",
                  row.setting.map { "\($0.epoch)" } ?? "",
                ])
          }.joined()
      }.joined()
  }

  private static func numbers(_ sample: PairedSample, _ p: Double?) -> [String] {
    let interval = sample.tInterval()
    return [
      sample.mean.number, interval?.lowerBound, interval?.upperBound, sample.hedgesG.number, p,
    ].map(text)
  }

  private static func text(_ number: Double?) -> String { number.map { "\($0)" } ?? "" }
}
