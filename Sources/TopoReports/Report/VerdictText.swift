import TopoEvaluation
import TopoFoundation

/// The verdict table in words.
struct VerdictText {
  let table: VerdictTable
  /// The names of studies by setting, if rows name theirs.
  let names: [NetworkValues.Setting: String]

  /// `Verdicts: supported 5, opposite 1, ...`
  var tally: String {
    let counts = Verdict.allCases.compactMap { verdict -> String? in
      let count = table.rows.count { $0.verdict == verdict }
      return count == 0 ? nil : "\(verdict.rawValue) \(count)"
    }
    return "Verdicts: " + counts.joined(separator: ", ") + "."
  }

  private var allImages: [String] {
    Set(table.rows.map(\.images)).subtracting([""]).sorted()
  }
  private var imagesDiffer: Bool { allImages.count > 1 }

  /// Which images the rows are about.
  var images: String {
    imagesDiffer
      ? "Rows say which images they are about."
      : allImages.first.map { "Measured on \($0)." } ?? ""
  }

  /// The rule, with its constants.
  static let rule = [
    "A network's measure under perturbations is the mean over severities, without severity 0, and "
      + "over the perturbations. The difference of a row is the mean over all lambdas of the penalty "
      + "of a network's measure "
      + "less that of the control network of the same seed; a seed counts if all these networks are "
      + "alive and have a value. The p value is that of the exact sign-flip test of these "
      + "differences, corrected by Holm's method over the rows of one claim on one data set.",
    "Supported: corrected p < 0.05, and the difference is on the side that the claim names. "
      + "Opposite: corrected p < 0.05 on the other side. Not supported: p is not below 0.05, and the "
      + "95 % interval excludes differences on the claimed side that are as large as the smallest "
      + "one that matters, which the row states. Undecided: none of these, which with few seeds is "
      + "the rule. A claim of a change in any direction is supported by either side, and not "
      + "supported if the interval excludes both.",
    "A claim that something does not grow is supported if the 95 % interval excludes a growth as "
      + "large as the smallest one that matters, and opposed by a significant growth otherwise.",
    "The measures, the summary over lambdas and the smallest differences that matter are choices of "
      + "this program, because the abstract names none. Differences per lambda are under each row, "
      + "corrected over the lambdas. They may disagree with the summary: a small lambda may help "
      + "where a large one harms. The abstract names expert units and the representation without a "
      + "direction; their rows ask whether they change at all. Changes of accuracy are relative to "
      + "the clean accuracy of each network; a row says if that differs from control by a point or "
      + "more.",
  ]

  /// The rows as the page shows them, except those that nothing was measured for.
  var rows: [ReportPage.Sentence] {
    var last = ""
    return table.rows.filter { $0.verdict != .notMeasured }.map { row in
      let isAgain = row.claim.sentence == last
      last = row.claim.sentence
      return sentence(row, isAgain: isAgain)
    }
  }

  private func sentence(_ row: VerdictRow, isAgain: Bool) -> ReportPage.Sentence {
    let scale = row.test.scale
    let hasValues = row.sample.count > 0
    let networks = [row.setting.flatMap { names[$0] }, row.family].compactMap { $0 }
      .joined(separator: ", ")
    let all = row.sample.count + row.leftOut
    return ReportPage.Sentence(
      sentence: row.claim.sentence, networks: networks.isEmpty ? "none" : networks,
      measure: row.test.title, images: row.images.isEmpty || !imagesDiffer ? nil : row.images,
      expected: expected(row),
      difference: hasValues
        ? ReportNumbers.unit(
          ReportNumbers.signed(row.sample.mean.number.map { $0 * scale }), row.test.unit) : "",
      interval: ReportNumbers.interval(row.sample.tInterval(), scale: scale),
      effect: ReportNumbers.signed(row.sample.hedgesG.number),
      p: row.sample.count > 1 ? ReportNumbers.probability(row.correctedP) : "",
      seeds: !hasValues ? "" : row.leftOut > 0 ? "\(row.sample.count) of \(all)" : "\(all)",
      leftOut: hasValues && row.leftOut > 0 ? row.leftOutText : nil,
      verdict: row.verdict.rawValue,
      badge: row.verdict.rawValue.replacing(" ", with: "-"),
      remark: row.remark.isEmpty ? nil : row.remark,
      rowClass: [isAgain ? "again" : nil, row.isUntransposed ? "diagnostic" : nil]
        .compactMap { $0 }.joined(separator: " "),
      hasLambdas: row.lambdas.count > 1 && hasValues,
      lambdas: row.lambdas.map { one in
        ReportPage.Lambda(
          lambda: EpsilonText.text(one.lambda),
          difference: ReportNumbers.signed(one.sample.mean.number.map { $0 * scale }),
          interval: ReportNumbers.interval(one.sample.tInterval(), scale: scale),
          effect: ReportNumbers.signed(one.sample.hedgesG.number),
          p: ReportNumbers.probability(one.correctedP))
      })
  }

  /// What the claim expects, with the smallest difference that matters.
  private func expected(_ row: VerdictRow) -> String {
    let size =
      row.smallest.map {
        ReportNumbers.unit(ReportNumbers.short($0 * row.test.scale), row.test.unit)
      }
    let matters = size.map { "; the smallest that matters is \($0)" } ?? ""
    return switch row.test.direction {
    case .larger: "larger" + matters
    case .smaller: "smaller" + matters
    case .other: "different" + matters
    case .notLarger: "not larger" + matters
    }
  }
}
