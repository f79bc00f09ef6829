import TopoFoundation

/// What is measured of sheets after epochs of training: a few measures always, which cost less than
/// the responses that they need, and those that the user names.
///
/// ```swift
/// let measures = try EpochMeasures(["effective-dimensionality-pre-relu"])
/// let values = try measures.values(
///   of: [EpochSheet(layer, weightedPenalty: 0.2, crossEntropy: 0.5)])
/// ```
public struct EpochMeasures: Sendable, Hashable {
  /// The name of the group of measures that are always recorded.
  public static let name = "along-training"
  /// What the group is, in one line.
  public static let summary = "recorded after each epoch of training"

  /// Measures that are always recorded, in the order of results. All except the last one are those
  /// of `OrganizationAnalysis` and `UnitsAnalysis` of the same names.
  public static let always: [MeasureDescription] = fromAnalyses + [penaltyShare]

  /// Lambda times the penalty beside the cross-entropy: how much of the objective is the penalty.
  static let penaltyShare = MeasureDescription(
    "weighted-penalty-over-cross-entropy",
    "lambda L / cross-entropy, means over the steps of the epoch, L the penalty", range: "[0, inf)",
    undefined: "the cross-entropy is 0")

  private static let fromAnalyses = [
    MapView.responses.moransI, MapView.responses.undefined, neighborCorrelation, "silent-fraction",
    "weight-norm-mean", "relative-neighbor-distance-weights", "neighbor-cosine-weights",
    "neighbor-correlation-weights",
  ].compactMap { name in
    (OrganizationAnalysis.measures + UnitsAnalysis.measures).first { $0.name == name }
  }

  static let neighborCorrelation = "correlation-neighbors-\(CorrelationView.responses.rawValue)"

  /// Further measures, in the order of `toposheet measures`.
  public let further: [String]

  /// The measures that are always recorded, and further ones.
  /// - Parameter further: names of measures of any analysis that needs only the arrays of a layer.
  /// - Throws: `UserError` for a name that is unknown or occurs twice, a measure of units, and one
  ///   that needs the network itself or several networks.
  public init(_ further: [String] = []) throws {
    var seen: Set<String> = []
    for name in further {
      guard seen.insert(name).inserted else {
        throw UserError("the measure \(name) occurs twice: name it once")
      }
      try Self.check(name)
    }
    let always = Set(Self.always.map(\.name))
    self.further = Self.offered.map(\.name).filter { seen.contains($0) && !always.contains($0) }
  }

  /// The measures that are always recorded.
  public init() { further = [] }

  /// All measures, in the order of results.
  public var names: [String] { Self.always.map(\.name) + further }

  /// The place of each measure in results, by name.
  public static let order: [String: Int] = Dictionary(
    (always.map(\.name) + offered.map(\.name)).enumerated().map { ($1, $0) },
    uniquingKeysWith: { first, _ in first })
}
