/// What the abstract of arXiv 2508.00043v2 says, sentence by sentence, in our words. The measures are
/// ours: the abstract names none, and the published code has few of them.
enum PaperClaims {
  static let source = "arXiv 2508.00043v2"

  static let all: [Claim] = [
    Claim(
      sentence: "WS makes smooth maps.", penalties: ["ws"],
      tests: [
        .init(
          "Moran's I of responses to images", "morans-i-pre-relu", .larger, .absolute(0.05),
          needs: organization)
      ]),
    Claim(
      sentence: "With WS, neighboring units respond alike.", penalties: ["ws"],
      tests: [
        .init(
          "Pearson's r of neighbors", "correlation-neighbors-pre-relu", .larger, .absolute(0.05),
          needs: organization)
      ]),
    Claim(
      sentence: "AS makes the correlations of units bimodal.", penalties: ["as"],
      tests: [
        .init(
          "dip of the correlations of pairs", "correlation-dip-pre-relu", .larger,
          .absolute(0.005), needs: organization)
      ]),
    Claim(
      sentence: "AS does not make smooth maps.", penalties: ["as"],
      tests: [
        .init(
          "Moran's I of responses to images", "morans-i-pre-relu", .notLarger, .absolute(0.05),
          needs: organization)
      ]),
    Claim(
      sentence: "Both change the correlations between units.", penalties: both,
      tests: [
        .init(
          "standard deviation of the correlations of pairs", "correlation-sd-pre-relu", .other,
          .absolute(0.05), needs: organization)
      ]),
    Claim(
      sentence: "On CIFAR-10, AS makes networks more robust to degraded images.",
      penalties: ["as"], dataset: "cifar10", tests: degradation),
    Claim(
      sentence: "On MNIST, WS makes networks more robust to degraded images.",
      penalties: ["ws"], dataset: "mnist", tests: degradation),
    Claim(
      sentence: "Both make networks more robust to perturbed weights.", penalties: both,
      tests: [
        .init(change: "change of accuracy, all kinds and severities", needs: "the suite weights") {
          $0.hasPrefix("weights/") && $0.hasSuffix("/topographic")
        }
      ]),
    Claim(
      sentence: "With WS, units are more sensitive to their input.", penalties: ["ws"],
      tests: [
        .init(
          "variance of units over images", "variance-mean", .larger, .relative(0.1), needs: units),
        .init(
          "relative variance, without the scale of weights", "relative-variance-mean", .larger,
          .relative(0.1), needs: units),
      ]),
    Claim(
      sentence: "With WS, units that respond alike are nearer to each other.", penalties: ["ws"],
      tests: [
        .init(
          "functional distance of 5 units / chance", "functional-distance-5-ratio", .smaller,
          .absolute(0.05), needs: organization)
      ]),
    Claim(
      sentence: "Both change the tuning to orientations.", penalties: both,
      tests: [
        .init(
          "orientation selectivity, bars", "bar-global-selectivity-mean", .other, .absolute(0.05),
          needs: tuning)
      ]),
    Claim(
      sentence: "Both change the sensitivity to symmetry.", penalties: both,
      tests: [
        Claim.Test(
          title: "symmetry index, mean of both axes",
          measures: { _ in
            [
              .init("symmetry-patterns-horizontal-index-mean"),
              .init("symmetry-patterns-vertical-index-mean"),
            ]
          }, direction: .other, smallest: .absolute(0.05), needs: tuning)
      ]),
    Claim(
      sentence: "Both change how far from the center of images units look.", penalties: both,
      tests: [
        .init(
          "eccentricity, apertures", "aperture-eccentricity-mean", .other, .absolute(0.02),
          unit: "half sides", needs: tuning)
      ]),
    Claim(
      sentence: "The penalties change the number of expert units.", penalties: both,
      tests: [
        .init(
          "units with average precision from 0.5", "expert-units-0.5", .other, .relative(0.1),
          unit: "units", needs: units)
      ]),
    Claim(
      sentence: "The penalties reshape the representation.", penalties: both,
      tests: [
        .init(
          "effective dimensionality before ReLU", "effective-dimensionality-pre-relu", .other,
          .relative(0.1), unit: "dimensions", needs: "the analysis representation")
      ]),
  ]

  private static let both: Set<String> = ["ws", "as"]
  private static let organization = "the analysis organization"
  private static let units = "the analysis units"
  private static let tuning = "the analysis tuning"

  private static let degradation: [Claim.Test] = [
    .init(
      change: "change of accuracy under noise, all types and levels", needs: "the suite noise"
    ) { ["white", "pink", "salt-pepper"].contains($0) },
    .init(
      change: "change of accuracy under corruptions, all kinds and severities",
      needs: "the suite corruptions or mnist-c"
    ) { $0.hasPrefix("corruption/") || $0.hasPrefix("mnist-c/") },
  ]
}
