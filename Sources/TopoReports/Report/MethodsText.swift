import TopoEvaluation
import TopoFoundation

/// The methods of a report, with every constant.
struct MethodsText {
  let studies: [StudyResults]

  var paragraphs: [String] {
    [networks, pairs, dead, tests, figures] + studies.map { StudyText(study: $0).power }
      + studies.flatMap(tasks)
  }

  private let networks =
    "A network's penultimate layer is a sheet of units. WS (weight similarity) adds lambda times a "
    + "penalty on differences of the incoming weights of neighboring units to the loss, AS "
    + "(activation similarity) one on differences of their responses; control has none. Labels name "
    + "penalty, metric and lambda. AS called untransposed compares images in place of units: it is a "
    + "diagnostic of the published code's layout, not the penalty that the paper describes."

  private let pairs =
    "One number per network: draws are averaged within a severity, then severities; neither are "
    + "replicates. A seed fixes split, initial values, order of images and dropout in every "
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
    + "as points; control as a dashed line with a band. Similarities of conditions are means over "
    + "pairs of networks of different seeds."

  /// What was evaluated, by folder.
  private func tasks(_ study: StudyResults) -> [String] {
    study.folders.compactMap { folder in
      let origin = folder.origin
      guard !origin.items.isEmpty else { return nil }
      let known = [
        ("images", "images"), ("split", "split"), ("normalization-mean", "normalized by the mean"),
        ("normalization-standard-deviation", "and the standard deviation"),
        ("seeds", "seed of perturbations"),
      ].compactMap { key, name in origin.provenance[key].map { "\(name) \($0)" } }
      return "\(study.setting.dataset), \(folder.url.relativePath): "
        + (known.isEmpty ? "" : known.joined(separator: ", ") + ". ") + "Evaluated: "
        + origin.items.joined(separator: "; ") + "."
    }
  }
}
