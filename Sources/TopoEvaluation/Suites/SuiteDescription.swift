import Foundation
import TopoData
import TopoFoundation
import TopoPerturbations
import Yams

/// A suite as described by a file or by `evaluation` in a plan. It becomes a `Suite` when the
/// images are known, because perturbations and severities depend on their shape.
///
/// ```swift
/// let description = try SuiteDescription(contentsOf: URL(filePath: "suite.yaml"))
/// let suite = try description.suite(for: dataset.test)
/// ```
///
/// `Plans/suite-example.yaml` is a commented example of a file.
public struct SuiteDescription: Sendable {
  /// The name of the suite; nil without one.
  public let name: String?
  /// Number of images that are evaluated, the first of the set; nil for all.
  public let subset: Int?
  /// The constants that normalize the images; nil without `normalization`.
  public let normalization: NormalizationChoice?
  /// Folders that perturbations of images come from.
  public let sources: PerturbationSources

  /// The YAML text, and the key in it whose value is the suite.
  private let document: YAMLDocument
  private let key: String?
  /// The suite in a form that is the same for equal suites: the text of `yaml`.
  private let canonical: String

  private static let keys = [
    "name", "subset", "seed", "normalization", "frost", "corruption-folder", "suite", "noise",
    "levels", "draws", "noise-seed", "parts",
  ]
  private static let content = ["parts", "suite", "noise"]
  static let presetKeys = ["suite", "severities", "draws", "seed", "epsilons"]

  /// Clean images only.
  public static var clean: SuiteDescription {
    SuiteDescription(name: nil, subset: nil, normalization: nil, sources: PerturbationSources())
  }

  private init(
    name: String?, subset: Int?, normalization: NormalizationChoice?, sources: PerturbationSources
  ) {
    (self.name, self.subset) = (name, subset)
    (self.normalization, self.sources) = (normalization, sources)
    (document, key, canonical) = (YAMLDocument(text: "{}", file: ""), nil, "")
  }

  /// Reads a suite file.
  /// - Throws: `UserError` that names file, line and key.
  public init(contentsOf url: URL) throws {
    let bytes = try FileContents.read(url)
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw UserError("\(url.path): is not UTF-8 text; give a suite file")
    }
    try self.init(yaml: text, file: url.path)
  }

  /// Reads a suite from text.
  /// - Parameters:
  ///   - text: the YAML of a file.
  ///   - file: name of the file in errors.
  ///   - key: the key of `text` whose value is the suite; nil if the whole text is the suite.
  /// - Throws: `UserError` that names file, line and key.
  public init(yaml text: String, file: String, key: String? = nil) throws {
    try self.init(YAMLDocument(text: text, file: file), key: key)
  }

  /// Reads a suite from a document.
  /// - Parameter key: the key whose value is the suite; nil if the whole document is the suite.
  /// - Throws: `UserError` that names file, line and key, or the setting.
  public init(_ document: YAMLDocument, key: String? = nil) throws {
    let top = try Self.mapping(document, key)
    // A suite in a plan needs neither a name, which is then that of the plan, nor parts.
    name = try key == nil || top.has("name") ? top.text("name") : nil
    guard key != nil || Self.content.contains(where: top.has) else {
      throw top.reader.problem(
        top.node, "the suite has no parts; add a list with at least one - images: ...")
    }
    subset = try top.integer("subset")
    normalization = try top.checked("normalization") {
      try top.list("normalization").map { values in
        try NormalizationChoice(
          values.map { try top.text($0, "normalization") }.joined(separator: ","))
      }
    }
    sources = PerturbationSources(
      corruptionFolder: try top.has("corruption-folder") ? top.text("corruption-folder") : nil,
      frost: try top.has("frost") ? top.text("frost") : nil)
    (self.document, self.key) = (document, key)
    canonical =
      top.values.isEmpty
      ? "" : try Yams.serialize(node: top.node, width: -1, sortKeys: false)
    try Self.checkNames(top)
    try checkShorthand(top)
  }

  /// Refuses options of noises without noises.
  private func checkShorthand(_ top: YAMLMapping) throws {
    let noises = try Self.noises(top)
    if noises.isEmpty, let key = ["levels", "draws", "noise-seed"].first(where: top.has) {
      throw top.reader.problem(
        try top.required(key),
        "\(key) belongs to noise, but there is none; remove it, or add noise: [white, pink]")
    }
    _ = try Self.noisePart(top)
  }

  /// The suite as YAML that reads back to an equal one, without comments.
  public var yaml: String { canonical }

  /// Whether the suite has no keys: clean images without options.
  public var isEmpty: Bool { canonical.isEmpty }

  func mapping() throws -> YAMLMapping { try Self.mapping(document, key) }

  private static func mapping(_ document: YAMLDocument, _ key: String?) throws -> YAMLMapping {
    var (node, reader) = try document.read(
      example: key == nil ? "Plans/suite-example.yaml" : "Plans/demo.yaml")
    if let key {
      guard case .mapping(let pairs) = node,
        let pair = pairs.first(where: { $0.key.string == key })
      else { throw UserError("\(document.file): has no \(key); add \(key): ...") }
      node = pair.value
    }
    try refuseParts(node, reader)
    return try reader.mapping(node, key ?? "the suite", keys: keys)
  }

  // MARK: Parts

  /// The suite for some images.
  /// - Parameters:
  ///   - images: the images that it is evaluated on.
  ///   - isTraining: whether they are the training images of a data set.
  ///   - sources: folders that perturbations of images come from; those of the description by
  ///     default.
  ///   - fallback: name of the suite if the description has none.
  /// - Throws: `UserError` that names file, line and key.
  public func suite(
    for images: ImageSet, isTraining: Bool = false, sources: PerturbationSources? = nil,
    named fallback: String = "suite"
  ) throws -> Suite {
    try suite(
      (sources ?? self.sources).catalog(for: images, isTraining: isTraining),
      shape: images.shape, named: fallback)
  }

  /// The suite for images of a shape, with the perturbations of a catalog.
  /// - Throws: `UserError` that names file, line and key.
  package func suite(
    _ catalog: PerturbationCatalog, shape: ImageShape, named fallback: String = "suite"
  ) throws -> Suite {
    let top = try mapping()
    var suite = Suite(name: name ?? fallback, subset: subset)
    if let noise = try Self.noisePart(top) {
      try top.checked("noise") { try suite.add(noise) }
    }
    let seed = try top.seed("seed")
    var isSeedUsed = false
    let names = try top.list("suite")?.map { try top.text($0, "suite") } ?? []
    if !names.isEmpty {
      try top.checked("suite") {
        var options = SuitePreset.Options()
        options.setSeeds(seed ?? 0)
        for preset in try SuitePreset.read(names.joined(separator: ","), orFile: false) {
          try preset.add(to: &suite, catalog: catalog, shape: shape, options: options)
        }
      }
      isSeedUsed = true
    }
    for item in try Self.parts(top) {
      let uses = try Self.add(item, to: &suite, top.reader, catalog, shape, seed: seed ?? 0)
      isSeedUsed = uses || isSeedUsed
    }
    guard seed == nil || isSeedUsed else {
      throw top.reader.problem(
        try top.required("seed"),
        "seed has no effect, as every part has its own or draws nothing at random; remove it")
    }
    return suite
  }

  private static func noises(_ top: YAMLMapping) throws -> [Noise] {
    try top.checked("noise") {
      let names = try top.list("noise")?.map { try top.text($0, "noise") } ?? []
      return try NoiseSelection.noises(names.isEmpty ? "none" : names.joined(separator: ","))
    }
  }

  /// The noises that `noise`, `levels`, `draws` and `noise-seed` describe; nil without noises.
  private static func noisePart(_ top: YAMLMapping) throws -> ImagePart? {
    let noises = try noises(top)
    guard !noises.isEmpty else { return nil }
    try refuseTwice(noises.map(\.label), "noise", top)
    let levels =
      try top.list("levels")?.map { try top.number($0, "levels") } ?? Noise.publishedLevels
    try refuseTwice(levels, "levels", top)
    let draws = try top.integer("draws", 1...NoiseSelection.mostDraws) ?? Noise.defaultDraws
    let seed = try top.seed("noise-seed") ?? 0
    return try top.checked("levels") {
      ImagePart(
        try NoiseSelection(noises: noises, levels: levels, draws: draws, seed: seed).sweeps)
    }
  }

  /// Adds a part.
  /// - Returns: whether the part uses the seed of the suite.
  private static func add(
    _ node: Node, to suite: inout Suite, _ reader: YAMLReader, _ catalog: PerturbationCatalog,
    _ shape: ImageShape, seed: UInt64
  ) throws -> Bool {
    let key = try key(of: node, reader)
    guard let kind = Suite.kinds.first(where: { $0.key == key }) else {
      return try addPreset(node, to: &suite, reader, catalog, shape, seed)
    }
    let mapping = try reader.mapping(node, "a part of \(key)", keys: [key] + kind.options)
    let partSeed = try mapping.seed("seed")
    let part = try kind.init(mapping, catalog: catalog, shape: shape, seed: partSeed ?? seed)
    try mapping.refuse(
      "seed", unless: part.isRandom, "nothing of this part is drawn at random")
    try mapping.checked(key) { try suite.add(part) }
    return part.isRandom && partSeed == nil
  }

  /// Adds the parts of a known suite.
  /// - Returns: whether they use the seed of the suite.
  private static func addPreset(
    _ node: Node, to suite: inout Suite, _ reader: YAMLReader, _ catalog: PerturbationCatalog,
    _ shape: ImageShape, _ seed: UInt64
  ) throws -> Bool {
    let mapping = try reader.mapping(node, "a part of suite", keys: presetKeys)
    let name = try mapping.text("suite")
    let preset = try mapping.checked("suite") { try SuitePreset.named(name, orFile: false) }
    if let key = ["severities", "draws", "epsilons"].first(where: {
      mapping.has($0) && !preset.optionKeys.contains($0)
    }) {
      throw reader.problem(
        try mapping.required(key),
        "\(key) does not go with the suite \(name); choose from "
          + (preset.optionKeys + ["seed"]).joined(separator: ", "))
    }
    let partSeed = try mapping.seed("seed")
    var options = SuitePreset.Options()
    options.severities = try mapping.severities("severities")
    options.draws = try mapping.integer("draws", 1...PerturbationSweep.mostDraws)
    options.weightDraws = options.draws ?? options.weightDraws
    options.setSeeds(partSeed ?? seed)
    (options.epsilons, options.epsilonNames) = try mapping.epsilons()
    try mapping.checked("suite") {
      try preset.add(to: &suite, catalog: catalog, shape: shape, options: options)
    }
    return partSeed == nil
  }
}

extension SuiteDescription: Hashable {
  public static func == (left: SuiteDescription, right: SuiteDescription) -> Bool {
    left.canonical == right.canonical
  }

  public func hash(into hasher: inout Hasher) { hasher.combine(canonical) }
}
