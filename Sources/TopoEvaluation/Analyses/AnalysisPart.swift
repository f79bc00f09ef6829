import TopoAnalysis
import TopoCompute
import TopoData
import TopoFoundation
import TopoPerturbations

/// Analyses of what networks learned, from the responses of their sheets to clean images.
///
/// ```swift
/// let part = try AnalysisPart("organization,units")
/// ```
public struct AnalysisPart: SuitePart {
  public static let key = "analyses"
  public static let options = ["rdm"]

  /// The analyses, each once, in the order of results.
  public private(set) var analyses: [any Analysis]
  /// Whether all pairs of networks are compared, too.
  public private(set) var comparesNetworks: Bool
  /// Whether the comparison was asked for by name, rather than as one of all analyses.
  private let namesComparison: Bool

  /// Dissimilarities that the representation of each network is compared with; nil without any.
  public private(set) var external: ExternalDissimilarities?

  /// The name of the comparison of networks in lists of analyses.
  public static let comparison = "comparison"

  /// A part of analyses.
  public init(_ analyses: [any Analysis], comparesNetworks: Bool = false) {
    (self.analyses, self.comparesNetworks) = (analyses, comparesNetworks)
    namesComparison = comparesNetworks
  }

  /// Reads a list of names, such as `organization,comparison`, or `all`.
  /// - Parameter rdm: the path of dissimilarities that representations are compared with.
  /// - Throws: `UserError` for an empty list, an unknown name or a name that occurs twice; for
  ///   dissimilarities that cannot be read, or without the analysis `representation`.
  public init(_ names: String, rdm: String? = nil) throws {
    let items = SelectionText.items(names)
    let comparisons = items.count { $0 == Self.comparison }
    guard comparisons < 2 else {
      throw UserError("the analysis \(Self.comparison) occurs twice: name it once")
    }
    let others = items.filter { $0 != Self.comparison }
    namesComparison = comparisons == 1
    comparesNetworks = namesComparison || items == ["all"]
    analyses =
      others.isEmpty && comparisons == 1
      ? []
      : try AnalysisCatalog.read(others.joined(separator: ","), others: [Self.comparison])
    guard let rdm else { return }
    external = try ExternalDissimilarities(rdm)
    analyses = try Self.comparing(analyses, with: external)
  }

  /// Analyses of which the representation is compared with dissimilarities.
  /// - Throws: `UserError` if there is none of the representation.
  public static func comparing(
    _ analyses: [any Analysis], with external: ExternalDissimilarities?
  ) throws -> [any Analysis] {
    guard let external else { return analyses }
    guard analyses.contains(where: { $0 is RepresentationAnalysis }) else {
      throw UserError(
        external.path,
        "belongs to the analysis \(RepresentationAnalysis.name): add it to the analyses")
    }
    return analyses.map { analysis in
      guard var analysis = analysis as? RepresentationAnalysis else { return analysis }
      analysis.external = external.matrix
      return analysis
    }
  }

  public var isRandom: Bool { false }

  public func fitted(networks: Int) throws -> AnalysisPart {
    guard comparesNetworks, networks < 2 else { return self }
    guard !namesComparison else {
      throw UserError(
        "the analysis \(Self.comparison) needs two networks or more: name others, too, or leave it "
          + "out")
    }
    var part = self
    part.comparesNetworks = false
    return part
  }

  public func omission(networks: Int) -> String? {
    comparesNetworks && networks < 2
      ? "The analysis \(Self.comparison) is left out, because it needs two networks or more." : nil
  }

  public func items(on images: ImageSet) -> [SuiteItem] {
    analyses.map(item) + (comparesNetworks ? [Self.comparisonItem] : [])
  }

  private static var comparisonItem: SuiteItem {
    SuiteItem(
      label: "analysis/\(comparison)", summary: "similarities of all pairs of networks",
      severities: [0], draws: 1, seed: 0)
  }

  private func item(_ analysis: any Analysis) -> SuiteItem {
    let kind = type(of: analysis)
    return SuiteItem(
      label: "analysis/\(kind.name)", summary: kind.summary, severities: [0], draws: 1, seed: 0,
      origin: analysis is RepresentationAnalysis
        ? external.map { "\($0.path), \(String($0.checksum, radix: 16))" } : nil)
  }

  public func sorted(by rank: (SuiteItem) -> Int, on images: ImageSet) -> AnalysisPart {
    var part = self
    part.analyses.sort { rank(item($0)) < rank(item($1)) }
    return part
  }

  /// One evaluation of all parts, so that inference runs once.
  public static func evaluations(
    of parts: [AnalysisPart], in context: EvaluationContext, on device: any Device
  ) throws -> [any Evaluation] {
    [
      AnalysisEvaluation(
        parts.flatMap(\.analyses), comparesNetworks: parts.contains(where: \.comparesNetworks),
        in: context, on: device)
    ]
  }

  public static func derived(from records: [Record]) -> [Record] { [] }

  /// A part of a suite file: `analyses: [organization, units]`, or `analyses: all`.
  public init(
    _ mapping: YAMLMapping, catalog: PerturbationCatalog, shape: ImageShape, seed: UInt64
  ) throws {
    let names = try mapping.list(Self.key)?.map { try mapping.text($0, Self.key) } ?? []
    let rdm = try mapping.has("rdm") ? mapping.text("rdm") : nil
    self = try mapping.checked(rdm == nil ? Self.key : "rdm") {
      try AnalysisPart(names.joined(separator: ","), rdm: rdm)
    }
  }
}
