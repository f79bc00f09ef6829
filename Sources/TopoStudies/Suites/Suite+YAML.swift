import Foundation
import TopoCompute
import TopoEvaluation
import Yams

extension Suite {
  private static let keys = ["name", "subset", "seed", "parts"]
  /// By the key that says what a part is.
  private static let partKeys = [
    "images": ["images", "severities", "draws", "seed"],
    "weights": ["weights", "layers", "severities", "draws", "centres", "seed"],
    "adversarial": ["adversarial", "epsilons", "subset", "seed"],
    "suite": ["suite", "severities", "draws", "seed", "epsilons"],
  ]
  private static let kinds = ["images", "weights", "adversarial", "suite"]

  /// Reads a suite of one's own; `Plans/suite-example.yaml` is a commented one.
  /// - Parameter catalog: what it can draw on.
  /// - Throws: `StudyError` that names file, line and key; `FileError`.
  public init(contentsOf url: URL, catalog: SuiteCatalog) throws {
    let bytes = try FileContents.read(url)
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw StudyError("\(url.path): is not UTF-8 text; is it a suite?")
    }
    try self.init(yaml: text, file: url.path, catalog: catalog)
  }

  /// Reads a suite from text; `file` is its name in errors.
  /// - Throws: `StudyError`.
  public init(yaml text: String, file: String, catalog: SuiteCatalog) throws {
    let reader = YAMLReader(file: file, example: "Plans/suite-example.yaml")
    let top = try reader.mapping(try reader.document(text), "the suite", keys: Self.keys)
    self.init(name: try top.text("name"), subset: try top.integer("subset", from: 1))
    let seed = UInt64(try top.integer("seed", from: 0) ?? 0)
    let node = try top.required("parts")
    guard case .sequence(let items) = node, !items.isEmpty else {
      throw reader.problem(node, "parts must be a list with at least one - images: ...")
    }
    for item in items { try add(item, reader, catalog, seed: seed) }
  }

  private mutating func add(
    _ node: Node, _ reader: YAMLReader, _ catalog: SuiteCatalog, seed: UInt64
  ) throws {
    guard case .mapping(let pairs) = node,
      let kind = Self.kinds.first(where: { kind in pairs.contains { $0.key.string == kind } })
    else {
      throw reader.problem(
        node, "a part must have one of the keys \(Self.kinds.joined(separator: ", "))")
    }
    let part = try reader.mapping(node, "a part of \(kind)", keys: Self.partKeys[kind] ?? [])
    let seed = try part.integer("seed", from: 0).map(UInt64.init) ?? seed
    switch kind {
    case "images": try addImages(part, catalog, seed)
    case "weights": try addWeights(part, seed)
    case "adversarial": try addAttacks(part, seed)
    default: try addPreset(part, catalog, seed)
    }
  }

  private mutating func addImages(
    _ part: YAMLMapping, _ catalog: SuiteCatalog, _ seed: UInt64
  ) throws {
    let names = try part.list("images")?.map { try part.text($0, "images") } ?? []
    guard !names.isEmpty else {
      throw part.reader.problem(
        part.node, "images names no perturbation; name one, or a list of them")
    }
    let severities = try Self.severities(part)
    let draws = try part.integer("draws", from: 1)
    for name in names {
      let perturbation = try part.checked("images") { try catalog.named(name) }
      let sweep = try part.checked(part.has("severities") ? "severities" : "images") {
        try PerturbationSweep(
          perturbation, severities: severities,
          draws: draws ?? (perturbation is Noise ? Noise.defaultDraws : 1), seed: seed,
          shape: catalog.shape)
      }
      try part.checked("images") { try add(sweep) }
    }
  }

  /// Severities without 0, which is the clean images.
  private static func severities(_ part: YAMLMapping) throws -> [Double]? {
    guard let nodes = part.list("severities") else { return nil }
    let severities = try nodes.map { try part.number($0, "severities") }.filter { $0 != 0 }
    guard !severities.isEmpty else {
      throw part.reader.problem(
        try part.required("severities"),
        "severities has no number above 0; the clean images are always evaluated")
    }
    return severities
  }

  private mutating func addWeights(_ part: YAMLMapping, _ seed: UInt64) throws {
    let layers = try part.checked("layers") {
      try part.list("layers").map { nodes in
        try WeightSelection.layers(
          try nodes.map { try part.text($0, "layers") }.joined(separator: ","))
      } ?? [.topographic]
    }
    let names = try part.list("weights")?.map { try part.text($0, "weights") } ?? []
    let perturbations = try part.checked("weights") {
      try WeightSelection.perturbations(names.joined(separator: ","), layers: layers)
    }
    guard !perturbations.isEmpty else {
      throw part.reader.problem(
        part.node, "weights names no perturbation; name one, a list of them, or all")
    }
    let severities = try Self.severities(part)
    let draws = try part.integer("draws", from: 1) ?? WeightSelection.defaultDraws
    let centres = try part.integer("centres", from: 1) ?? WeightSelection.defaultCentres
    try part.checked(part.has("severities") ? "severities" : "weights") {
      try add(
        WeightSelection(
          perturbations: perturbations, severities: severities, draws: draws, centres: centres,
          seed: seed))
    }
  }

  private mutating func addAttacks(_ part: YAMLMapping, _ seed: UInt64) throws {
    let names = try part.list("adversarial")?.map { try part.text($0, "adversarial") } ?? []
    let attacks = try part.checked("adversarial") {
      try AttackSelection.attacks(names.joined(separator: ","))
    }
    guard !attacks.isEmpty else {
      throw part.reader.problem(
        part.node, "adversarial names no attack; name one, a list of them, or all")
    }
    let epsilons = try Self.epsilons(part)
    let count = try part.integer("subset", from: 1)
    try part.checked(part.has("epsilons") ? "epsilons" : "adversarial") {
      try add(
        AttackSelection(
          attacks: attacks, epsilons: epsilons?.map(\.value), images: count, seed: seed,
          epsilonNames: Self.names(epsilons)))
    }
  }

  /// Epsilons, and how they are written there.
  private static func epsilons(_ part: YAMLMapping) throws -> [(value: Double, name: String)]? {
    guard let nodes = part.list("epsilons") else { return nil }
    return try part.checked("epsilons") {
      let text = try nodes.map { try part.text($0, "epsilons") }.joined(separator: ",")
      let names = try EpsilonText.names(text)
      return try AttackSelection.epsilons(text).map { ($0, names[$0] ?? EpsilonText.text($0)) }
    }
  }

  private static func names(_ epsilons: [(value: Double, name: String)]?) -> [Double: String] {
    Dictionary((epsilons ?? []).map { ($0.value, $0.name) }) { first, _ in first }
  }

  private mutating func addPreset(
    _ part: YAMLMapping, _ catalog: SuiteCatalog, _ seed: UInt64
  ) throws {
    let name = try part.text("suite")
    let preset = try part.checked("suite") { try SuitePreset.named(name) }
    if let key = ["severities", "draws", "epsilons"].first(where: {
      part.has($0) && !preset.optionKeys.contains($0)
    }) {
      throw part.reader.problem(
        try part.required(key),
        "\(key) does not go with the suite \(name); beside it may stand "
          + (preset.optionKeys + ["seed"]).joined(separator: ", "))
    }
    var options = SuitePreset.Options()
    options.severities = try Self.severities(part)
    options.draws = try part.integer("draws", from: 1)
    options.weightDraws = options.draws ?? options.weightDraws
    (options.seed, options.weightSeed, options.attackSeed) = (seed, seed, seed)
    let epsilons = try Self.epsilons(part)
    options.epsilons = epsilons?.map(\.value)
    options.epsilonNames = Self.names(epsilons)
    try part.checked("suite") { try preset.add(to: &self, catalog, options) }
  }
}
