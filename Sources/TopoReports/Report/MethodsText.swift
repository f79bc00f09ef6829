import TopoEvaluation
import TopoFoundation

/// The methods of a report, with every constant.
struct MethodsText {
  let studies: [StudyResults]

  var paragraphs: [String] {
    [networks, pairs, dead, tests, figures] + studies.map { StudyText(study: $0).power }
  }

  private let networks =
    "A network's penultimate layer is a sheet of units. WS (weight similarity) adds lambda times a "
    + "penalty on differences of the incoming weights of neighboring units to the loss, AS "
    + "(activation similarity) one on differences of their responses; control has none. Labels name "
    + "penalty, metric and lambda. AS called untransposed compares images in place of units: it is a "
    + "diagnostic of the published code's layout, not the penalty that the paper describes."

  private let pairs =
    "One number per network: draws are averaged within a severity, then severities, without "
    + "severity 0, which is the clean network; neither are replicates. A seed fixes split, initial values, order of images and dropout in every "
    + "condition, so networks of one seed are pairs, and differences are taken within pairs first. "
    + "The change of accuracy is the accuracy of a network under a perturbation less its own clean "
    + "accuracy. Data sets, architectures, sheets and numbers of epochs are never pooled."

  private let dead =
    "Networks that learned nothing are left out: silent ones (no unit above 0 for any image), "
    + "collapsed ones (variance of activations below 0.0001 of their mean square), and those at "
    + "chance (accuracy at most that of the most frequent class plus 2.576 standard errors, for 100 "
    + "images or more). Undefined values count in no mean; they are counted above."

  private let tests =
    "Standard deviations are divided by n - 1. Intervals are Student's, 95 %. g is Hedges' g of "
    + "paired differences, mean over standard deviation times the exact factor "
    + "J = Gamma(df/2) / (sqrt(df/2) Gamma((df-1)/2)). p is that of the two-sided sign-flip test: all "
    + "2^n signs up to 20 seeds, otherwise 100,000 drawn ones. Corrections are Holm's."

  private let figures =
    "Figures: lambda as categories; means with Student's 95 % intervals over seeds; single networks "
    + "as points; control as a dashed line with a band; an arrow at the end of an interval or at the "
    + "edge of a band says that it goes on beyond the axis. Similarities of conditions are means over "
    + "pairs of networks of different seeds."

  /// How the networks of each folder were trained, and what they were evaluated under.
  static func tables(_ folders: [ResultFolder]) -> [ReportPage.Table] {
    folders.flatMap { folder -> [ReportPage.Table] in
      let name = folder.url.relativePath
      let training = folder.origin.training.map { training in
        ReportPage.Table(
          title: "Training: \(name)", note: TrainingText(training: training).text, columns: [],
          rows: [])
      }
      return [training, evaluation(folder)].compactMap { $0 }
    }
  }

  private static func evaluation(_ folder: ResultFolder) -> ReportPage.Table? {
    let origin = folder.origin
    guard !folder.records.isEmpty else { return nil }
    let constants =
      [
        origin.images.count == nil ? nil : "Evaluated on \(origin.images.text)",
        origin.images.normalization.map { "normalized by \($0)" },
        origin.images.checksum.map { "CRC-32 of images and labels \(String($0, radix: 16))" },
        origin.provenance["patch-centers"].map { "centers of patches: \($0)" },
      ].compactMap { $0 }.joined(separator: "; ")
    let columns = [
      ("perturbation or analysis", ""), ("severities", ""), ("draws", "number"),
      ("seed", "number"), ("images", "number"), ("what it is", ""),
    ]
    let rows = origin.items.map { item in
      let isAnalysis = item.label.hasPrefix("analysis/")
      let severities = isAnalysis ? [] : item.severities
      return ReportPage.Row(
        cells: zip(
          [
            item.label, severities.map { EpsilonText.text($0) }.joined(separator: ", "),
            isAnalysis ? "" : "\(item.draws)", isAnalysis ? "" : "\(item.seed)",
            (item.images ?? origin.images.count).map { "\($0)" } ?? "",
            item.summary + (item.borders.map { "; borders: \($0)" } ?? "")
              + (item.origin.map { "; from \($0)" } ?? ""),
          ], columns
        ).map { .init(text: $0, value: $0, kind: $1.1) })
    }
    return ReportPage.Table(
      title: "Evaluation: \(folder.url.relativePath)",
      note: constants.isEmpty ? nil : constants + ".",
      columns: rows.isEmpty ? [] : columns.map { .init(name: $0.0, kind: $0.1) }, rows: rows)
  }
}
