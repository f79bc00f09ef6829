import TopoAnalysis
import TopoCompute
import TopoData
import TopoFoundation
import TopoPerturbations

/// Analyses of what networks learned, from the responses of their sheets to clean images and from
/// their classifications.
///
/// ```swift
/// let part = try AnalysisPart("organization,units")
/// ```
public struct AnalysisPart: SuitePart {
  public static let key = "analyses"
  public static let options = ["rdm", "soft-labels", "torus"]

  /// The analyses of layers, each once, in the order of results.
  public private(set) var analyses: [any Analysis]
  /// The analyses of networks, after those of layers.
  public private(set) var networkAnalyses: [NetworkAnalysis]
  /// Those that were asked for by name, rather than as some of all analyses.
  private let named: Set<NetworkAnalysis>

  /// Dissimilarities that the representation of each network is compared with; nil without any.
  public private(set) var external: ExternalDissimilarities?
  /// How people classified the images; nil if unknown.
  public private(set) var people: ExternalSoftLabels?
  /// Whether opposite edges of the sheet meet, as on a torus.
  public private(set) var wraps: Bool
  /// Whether all analyses were asked for, but agreement with people needs a file.
  private var lacksPeople = false

  /// A part of analyses.
  /// - Parameter wraps: whether opposite edges of the sheet meet, as on a torus.
  public init(
    _ analyses: [any Analysis], of networks: [NetworkAnalysis] = [],
    people: ExternalSoftLabels? = nil, wraps: Bool = false
  ) {
    (self.analyses, networkAnalyses, named) = (analyses, networks, Set(networks))
    (self.people, self.wraps) = (people, wraps)
  }

  /// Reads a list of names, such as `organization,comparison`, or `all`, to which `people` belongs
  /// only with soft labels.
  /// - Parameters:
  ///   - rdm: the path of dissimilarities that representations are compared with.
  ///   - softLabels: the path of soft labels of people.
  ///   - wraps: whether opposite edges of the sheet meet, as on a torus.
  /// - Throws: `UserError` for an empty list, an unknown name or a name that occurs twice; for a file
  ///   that cannot be read, is missing, or concerns none of the analyses.
  public init(
    _ names: String, rdm: String? = nil, softLabels: String? = nil, wraps: Bool = false
  ) throws {
    let items = SelectionText.items(names)
    let found = items.compactMap(NetworkAnalysis.init)
    if let twice = found.first(where: { one in found.count { $0 == one } > 1 }) {
      throw UserError("the analysis \(twice.name) occurs twice: name it once")
    }
    named = Set(found)
    lacksPeople = items == ["all"] && softLabels == nil
    networkAnalyses =
      items == ["all"]
      ? NetworkAnalysis.allCases.filter { $0 != .people || softLabels != nil }
      : NetworkAnalysis.allCases.filter(named.contains)
    let others = items.filter { NetworkAnalysis(rawValue: $0) == nil }
    analyses =
      others.isEmpty && !found.isEmpty
      ? []
      : try AnalysisCatalog.read(
        others.joined(separator: ","), others: NetworkAnalysis.allCases.map(\.name))
    self.wraps = wraps
    external = try rdm.map { try ExternalDissimilarities($0) }
    analyses = try Self.comparing(analyses, with: external)
    try readPeople(softLabels)
    guard !wraps || usesLayout else {
      throw UserError(
        "a torus has no effect on \(items.joined(separator: ", ")): leave it out, or add an analysis "
          + "of the sheet, such as \(OrganizationAnalysis.name)")
    }
  }

  private var usesLayout: Bool {
    analyses.contains { type(of: $0).usesLayout } || networkAnalyses.contains(where: \.usesLayout)
  }

  /// Reads the file of people's classifications, which some analyses need or use.
  private mutating func readPeople(_ path: String?) throws {
    guard let path else {
      guard !networkAnalyses.contains(.people) else {
        throw UserError(
          "the analysis \(NetworkAnalysis.people.name) needs soft labels of people: give "
            + "--soft-labels, or soft-labels in a suite file")
      }
      return
    }
    guard networkAnalyses.contains(where: { $0 != .comparison }) else {
      throw UserError(
        path,
        "belongs to the analyses \(NetworkAnalysis.people.name) and "
          + "\(NetworkAnalysis.ensembles.name): add one of them to the analyses")
    }
    people = try ExternalSoftLabels(path)
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

  public func fitted(networks conditions: [String]) throws -> AnalysisPart {
    for analysis in networkAnalyses where named.contains(analysis) {
      guard let need = analysis.need(conditions) else { continue }
      throw UserError(
        "the analysis \(analysis.name) needs \(need): name others, too, or leave it out")
    }
    var part = self
    part.networkAnalyses.removeAll { $0.need(conditions) != nil }
    return part
  }

  public func omissions(networks conditions: [String]) -> [String] {
    networkAnalyses.compactMap { analysis in
      analysis.need(conditions).map {
        "The analysis \(analysis.name) is left out, because it needs \($0)."
      }
    }
      + (lacksPeople
        ? [
          "The analysis \(NetworkAnalysis.people.name) is left out, because it needs soft labels of "
            + "people."
        ] : [])
  }

  // MARK: Results

  /// The tasks, in the order of results.
  private var tasks: [AnalysisTask] {
    analyses.map { AnalysisTask(.layers($0), wraps: wraps && type(of: $0).usesLayout) }
      + networkAnalyses.map {
        AnalysisTask(
          .networks($0), wraps: wraps && $0.usesLayout,
          people: $0 == .comparison ? nil : people)
      }
  }

  public func items(on images: ImageSet) -> [SuiteItem] { tasks.map(item) }

  private func item(_ task: AnalysisTask) -> SuiteItem {
    let (summary, origin) =
      switch task.kind {
      case .layers(let analysis):
        (
          type(of: analysis).summary,
          analysis is RepresentationAnalysis
            ? external.map { Self.origin($0.path, $0.checksum) } : nil
        )
      case .networks(let analysis):
        (analysis.summary, task.people.map { Self.origin($0.path, $0.checksum) })
      }
    return SuiteItem(
      label: task.label, summary: summary, severities: [0], draws: 1, seed: 0, origin: origin,
      borders: task.wraps ? SuiteItem.torus : nil)
  }

  private static func origin(_ path: String, _ checksum: UInt32) -> String {
    "\(path), \(String(checksum, radix: 16))"
  }

  public func sorted(by rank: (SuiteItem) -> Int, on images: ImageSet) -> AnalysisPart {
    var part = self
    part.analyses.sort { rank(item(of: .layers($0))) < rank(item(of: .layers($1))) }
    part.networkAnalyses.sort { rank(item(of: .networks($0))) < rank(item(of: .networks($1))) }
    return part
  }

  private func item(of kind: AnalysisTask.Kind) -> SuiteItem {
    let name = AnalysisTask(kind).name
    return item(tasks.first { $0.name == name } ?? AnalysisTask(kind))
  }

  /// One evaluation of all parts, so that inference runs once.
  /// - Throws: `UserError` if soft labels or dissimilarities are not of these images.
  public static func evaluations(
    of parts: [AnalysisPart], in context: EvaluationContext, on device: any Device
  ) throws -> [any Evaluation] {
    let tasks = parts.flatMap(\.tasks)
    for task in tasks {
      try task.people?.requireFit(images: context.images.count, classes: context.images.classes)
    }
    for external in parts.compactMap(\.external) {
      let images = context.images
      try external.requireFit(
        images: images.count, labels: ClassLabels(images.labels, classes: images.classes),
        units: Set(context.models.map(\.network.architecture.sheet.units)))
    }
    let isLayers = { (task: AnalysisTask) in task.networkAnalysis == nil }
    return [
      AnalysisEvaluation(
        tasks: tasks.filter(isLayers) + tasks.filter { !isLayers($0) }, in: context, on: device)
    ]
  }

  public static func derived(from records: [Record]) -> [Record] { [] }

  private enum YesOrNo: String, CaseIterable {
    case yes = "true"
    case no = "false"
  }

  /// A part of a suite file: `analyses: [organization, units]`, or `analyses: all`.
  public init(
    _ mapping: YAMLMapping, catalog: PerturbationCatalog, shape: ImageShape, seed: UInt64
  ) throws {
    let names = try mapping.list(Self.key)?.map { try mapping.text($0, Self.key) } ?? []
    let rdm = try mapping.has("rdm") ? mapping.text("rdm") : nil
    let people = try mapping.has("soft-labels") ? mapping.text("soft-labels") : nil
    let wraps = try mapping.choice("torus", YesOrNo.self, default: .no) == .yes
    let option = rdm != nil ? "rdm" : people != nil ? "soft-labels" : wraps ? "torus" : Self.key
    self = try mapping.checked(option) {
      try AnalysisPart(names.joined(separator: ","), rdm: rdm, softLabels: people, wraps: wraps)
    }
  }
}
