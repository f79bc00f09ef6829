import TopoCompute
import TopoData
import TopoFoundation
import TopoPerturbations

extension WeightPart {
  public static let key = "weights"
  public static let options = ["layers", "severities", "draws", "centers", "seed"]

  public var isRandom: Bool { hasDraws || centers != nil && hasPatches }

  /// Whether the number of draws has an effect.
  public var hasDraws: Bool { perturbations.contains { $0.kind.isRandom } }

  /// Whether the number of patch centers has an effect.
  public var hasPatches: Bool { perturbations.contains { $0.kind.hasCenters } }

  public func items(on images: ImageSet) -> [SuiteItem] { perturbations.map(item) }

  private func item(_ perturbation: WeightPerturbation) -> SuiteItem {
    SuiteItem(
      label: perturbation.label,
      summary: perturbation.kind.summary
        + (perturbation.kind.hasCenters
          ? ", \(centers.map { "\($0)" } ?? "all") centers" : ""),
      severities: severities(of: perturbation),
      draws: perturbation.kind.isRandom ? draws : 1, seed: seed)
  }

  public func sorted(by rank: (SuiteItem) -> Int, on images: ImageSet) -> WeightPart {
    var part = self
    part.perturbations.sort { rank(item($0)) < rank(item($1)) }
    return part
  }

  /// An evaluation of each part. The first one also measures the norms of weights.
  public static func evaluations(
    of parts: [WeightPart], in context: EvaluationContext, on device: any Device
  ) throws -> [any Evaluation] {
    try parts.enumerated().map { index, part in
      let evaluation = try WeightEvaluation(part, in: context, on: device)
      evaluation.measuresNorms = index == 0
      return evaluation
    }
  }

  public func provenance(on images: ImageSet) -> [String: String] {
    var all: [String: String] = [:]
    if isRandom { all["weight-seed"] = "\(seed)" }
    if hasDraws { all["weight-draws"] = "\(draws)" }
    if hasPatches { all["patch-centers"] = centers.map { "\($0)" } ?? "all" }
    return all
  }

  public static func derived(from records: [Record]) -> [Record] {
    WeightDegradation.records(from: records)
  }
}

// MARK: Suite files

extension WeightPart {
  public init(
    _ mapping: YAMLMapping, catalog: PerturbationCatalog, shape: ImageShape, seed: UInt64
  ) throws {
    let layers = try mapping.checked("layers") {
      try mapping.list("layers").map { nodes in
        try Self.layers(nodes.map { try mapping.text($0, "layers") }.joined(separator: ","))
      } ?? [.topographic]
    }
    let names = try mapping.list(Self.key)?.map { try mapping.text($0, Self.key) } ?? []
    let perturbations = try mapping.checked(Self.key) {
      try Self.perturbations(names.joined(separator: ","), layers: layers)
    }
    guard !perturbations.isEmpty else {
      throw mapping.reader.problem(
        mapping.node, "weights names no perturbation; name one, a list of them, or all")
    }
    let kinds = Set(perturbations.map(\.kind))
    try mapping.refuse(
      "draws", unless: kinds.contains(where: \.isRandom),
      "nothing of this part is drawn at random")
    try mapping.refuse(
      "centers", unless: kinds.contains(where: \.hasCenters),
      "only lesion/patch and stimulation/patch have centers")
    try mapping.refuse(
      "layers", unless: !kinds.allSatisfy(\.isOfUnits),
      "lesions and stimulations are of units of the sheet")
    let severities = try mapping.severities("severities")
    let draws = try mapping.integer("draws", 1...Self.mostDraws) ?? Self.defaultDraws
    let centers = try Self.centers(mapping)
    self = try mapping.checked(mapping.has("severities") ? "severities" : Self.key) {
      try WeightPart(
        perturbations: perturbations, severities: severities, draws: draws, centers: centers,
        seed: seed)
    }
  }

  /// Number of centers of patches; nil for every unit.
  private static func centers(_ mapping: YAMLMapping) throws -> Int? {
    guard let node = mapping.value("centers") else { return defaultCenters }
    if node.scalar?.string == "all" { return nil }
    return try mapping.integer("centers", 1...mostDraws, or: ", or all")
  }
}
