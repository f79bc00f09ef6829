import TopoAnalysis

/// What is measured of an ensemble: names in `ensembles.csv`, in their order.
public enum EnsembleMeasure: String, Sendable, Hashable, CaseIterable {
  case accuracy = "ensemble-accuracy"
  case memberAccuracy = "member-accuracy"
  case negativeLogLikelihood = "ensemble-nll"
  case memberNegativeLogLikelihood = "member-nll"
  case calibrationError = "ensemble-ece"
  case memberCalibrationError = "member-ece"
  case disagreement = "ensemble-disagreement"
  case errorConsistency = "ensemble-error-consistency"

  /// What ensembles have besides, if people classified the images.
  public static let people = PeopleAgreement.measures.map { "ensemble-\($0.name)" }

  /// What each network has, in `metrics.csv`.
  public static let ofNetworks = [
    "disagreement-to-other-seeds", "error-consistency-to-other-seeds",
  ]

  /// All measures, for users.
  public static let descriptions: [MeasureDescription] =
    allCases.map(\.description)
    + PeopleAgreement.measures.map { measure in
      var measure = measure
      measure.formula = "\(measure.name) of the mean probability of k networks"
      measure.name = "ensemble-\(measure.name)"
      measure.undefined = "no soft labels are given, or \(measure.undefined ?? "")"
      return measure
    } + [
      MeasureDescription(
        ofNetworks[0],
        "mean over the other seeds of the condition of the share of images with other predictions",
        range: "[0, 1]", undefined: "the condition has no other seed", source: source),
      MeasureDescription(
        ofNetworks[1], "mean over the other seeds of the condition of Cohen's kappa of errors",
        range: "[-1, 1]",
        undefined: "the condition has no other seed, or all are always correct or never",
        source: "Geirhos et al. 2020"),
    ]

  private static let source = "Lakshminarayanan et al. 2017"

  private var description: MeasureDescription {
    let (formula, range, source) =
      switch self {
      case .accuracy:
        ("accuracy of the mean probability of k networks", "[0, 1]", Self.source)
      case .memberAccuracy: ("mean accuracy of the k networks", "[0, 1]", "ours")
      case .negativeLogLikelihood:
        ("mean of -ln p of the correct class, p the mean of k networks", "[0, 708]", Self.source)
      case .memberNegativeLogLikelihood:
        ("mean cross-entropy of the k networks", "[0, inf)", "ours")
      case .calibrationError:
        (
          "expected calibration error of the mean probability of k networks, 15 bins", "[0, 1]",
          "Guo et al. 2017"
        )
      case .memberCalibrationError:
        ("mean expected calibration error of the k networks", "[0, 1]", "ours")
      case .disagreement:
        (
          "mean over pairs of the k networks of the share of images with other predictions",
          "[0, 1]", Self.source
        )
      case .errorConsistency:
        (
          "mean over pairs of the k networks of Cohen's kappa of whether both are correct",
          "[-1, 1]", "Geirhos et al. 2020"
        )
      }
    let isEntropy = self == .negativeLogLikelihood || self == .memberNegativeLogLikelihood
    return MeasureDescription(
      rawValue, formula, unit: isEntropy ? "nats" : "1", range: range,
      undefined: self == .errorConsistency
        ? "all pairs are always correct or never" : "no image has finite logits",
      source: source)
  }
}
