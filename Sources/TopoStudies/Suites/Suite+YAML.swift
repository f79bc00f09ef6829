import Foundation
import TopoEvaluation
import TopoFoundation
import TopoPerturbations
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
  /// - Throws: `UserError` that names file, line and key.
  public init(contentsOf url: URL, catalog: SuiteCatalog) throws {
    let bytes = try FileContents.read(url)
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw UserError("\(url.path): is not UTF-8 text; is it a suite?")
    }
    try self.init(yaml: text, file: url.path, catalog: catalog)
  }

  /// Reads a suite from text; `file` is its name in errors.
  /// - Throws: `UserError`.
  public init(yaml text: String, file: String, catalog: SuiteCatalog) throws {
    let reader = YAMLReader(file: file, example: "Plans/suite-example.yaml")
    let top = try reader.mapping(try reader.document(text), "the suite", keys: Self.keys)
    self.init(name: try top.text("name"), subset: try top.integer("subset"))
    let seed = try top.seed("seed")
    let node = try top.required("parts")
    guard case .sequence(let items) = node, !items.isEmpty else {
      throw reader.problem(node, "parts must be a list with at least one - images: ...")
    }
    var isSeedUsed = false
    for item in items {
      isSeedUsed = try add(item, reader, catalog, seed: seed ?? 0) || isSeedUsed
    }
    guard seed == nil || isSeedUsed else {
      throw reader.problem(
        try top.required("seed"),
        "seed has no effect, as every part has its own or draws nothing at random; remove it")
    }
  }

  /// Adds a part.
  /// - Returns: whether it goes by the suite's seed.
  private mutating func add(
    _ node: Node, _ reader: YAMLReader, _ catalog: SuiteCatalog, seed: UInt64
  ) throws -> Bool {
    guard case .mapping(let pairs) = node,
      let kind = Self.kinds.first(where: { kind in pairs.contains { $0.key.string == kind } })
    else {
      throw reader.problem(
        node, "a part must have one of the keys \(Self.kinds.joined(separator: ", "))")
    }
    let part = try reader.mapping(node, "a part of \(kind)", keys: Self.partKeys[kind] ?? [])
    let own = try part.seed("seed")
    let seed = own ?? seed
    let isRandom: Bool
    switch kind {
    case "images": isRandom = try addImages(part, catalog, seed)
    case "weights": isRandom = try addWeights(part, seed)
    case "adversarial": isRandom = try addAttacks(part, seed)
    default:
      try addPreset(part, catalog, seed)
      isRandom = true
    }
    try Self.refuse("seed", in: part, unless: isRandom, "nothing of this part is drawn at random")
    return isRandom && own == nil
  }

  /// Refuses a key that has no effect.
  private static func refuse(
    _ key: String, in part: YAMLMapping, unless isUsed: Bool, _ reason: String
  ) throws {
    guard part.has(key), !isUsed else { return }
    throw part.reader.problem(
      try part.required(key), "\(key) has no effect, as \(reason); remove it")
  }

  private mutating func addImages(
    _ part: YAMLMapping, _ catalog: SuiteCatalog, _ seed: UInt64
  ) throws -> Bool {
    let names = try part.list("images")?.map { try part.text($0, "images") } ?? []
    guard !names.isEmpty else {
      throw part.reader.problem(
        part.node, "images names no perturbation; name one, or a list of them")
    }
    let severities = try Self.severities(part)
    let draws = try part.integer("draws", 1...PerturbationSweep.mostDraws)
    let perturbations = try part.checked("images") { try names.map(catalog.named) }
    // What is read from files is drawn where there are none: the suite should serve both.
    let isRandom = perturbations.contains { $0.isRandom || $0 is RecordedCorruption }
    try Self.refuse(
      "draws", in: part, unless: isRandom, "nothing of this part is drawn at random")
    for perturbation in perturbations {
      let sweep = try part.checked(part.has("severities") ? "severities" : "images") {
        try PerturbationSweep(
          perturbation, severities: severities,
          draws: draws ?? (perturbation is Noise ? Noise.defaultDraws : 1), seed: seed,
          shape: catalog.shape)
      }
      try part.checked("images") { try add(sweep) }
    }
    return isRandom
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

  private mutating func addWeights(_ part: YAMLMapping, _ seed: UInt64) throws -> Bool {
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
    let draws =
      try part.integer("draws", 1...WeightSelection.mostDraws) ?? WeightSelection.defaultDraws
    let centres = try Self.centres(part)
    let kinds = Set(perturbations.map(\.kind))
    let isRandom = kinds.contains(where: \.isRandom)
    let hasCentres = kinds.contains(.lesionPatch)
    try Self.refuse(
      "draws", in: part, unless: isRandom, "nothing of this part is drawn by number")
    try Self.refuse(
      "centres", in: part, unless: hasCentres, "only lesion/patch has centres")
    try Self.refuse(
      "layers", in: part, unless: !kinds.allSatisfy(\.isLesion),
      "lesions silence units of the sheet")
    try part.checked(part.has("severities") ? "severities" : "weights") {
      try add(
        WeightSelection(
          perturbations: perturbations, severities: severities, draws: draws, centres: centres,
          seed: seed))
    }
    return isRandom || hasCentres && centres != nil
  }

  /// Centres of patches; nil for every unit.
  private static func centres(_ part: YAMLMapping) throws -> Int? {
    guard let node = part.value("centres") else { return WeightSelection.defaultCentres }
    if node.scalar?.string == "all" { return nil }
    return try part.integer("centres", 1...WeightSelection.mostDraws, or: ", or all")
  }

  private mutating func addAttacks(_ part: YAMLMapping, _ seed: UInt64) throws -> Bool {
    let names = try part.list("adversarial")?.map { try part.text($0, "adversarial") } ?? []
    let attacks = try part.checked("adversarial") {
      try AttackSelection.attacks(names.joined(separator: ","), orNone: false)
    }
    guard !attacks.isEmpty else {
      throw part.reader.problem(
        part.node, "adversarial names no attack; name one, a list of them, or all")
    }
    let epsilons = try Self.epsilons(part)
    let count = try part.integer("subset")
    try part.checked(part.has("epsilons") ? "epsilons" : "adversarial") {
      try add(
        AttackSelection(
          attacks: attacks, epsilons: epsilons?.map(\.value), images: count, seed: seed,
          epsilonNames: Self.names(epsilons)))
    }
    return attacks.contains(where: \.randomStart)
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
    let preset = try part.checked("suite") { try SuitePreset.named(name, orFile: false) }
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
    options.draws = try part.integer("draws", 1...PerturbationSweep.mostDraws)
    options.weightDraws = options.draws ?? options.weightDraws
    (options.seed, options.weightSeed, options.attackSeed) = (seed, seed, seed)
    let epsilons = try Self.epsilons(part)
    options.epsilons = epsilons?.map(\.value)
    options.epsilonNames = Self.names(epsilons)
    try part.checked("suite") { try preset.add(to: &self, catalog, options) }
  }
}
