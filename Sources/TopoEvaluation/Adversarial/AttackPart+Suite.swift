import TopoCompute
import TopoData
import TopoFoundation
import TopoPerturbations

extension AttackPart {
  public static let key = "adversarial"
  public static let options = ["epsilons", "subset", "seed"]

  public var isRandom: Bool { attacks.contains(where: \.randomStart) }

  public var severityNames: [Double: String] { epsilonNames }

  /// The epsilons of an attack on images: those of the part, or the attack's defaults.
  func epsilons(of attack: Attack, on images: ImageSet) -> [Double] {
    epsilons ?? attack.epsilons(for: images.shape)
  }

  /// Number of images of a set that are attacked.
  func count(of set: ImageSet) -> Int { images ?? min(Self.defaultImages, set.count) }

  public func items(on images: ImageSet) -> [SuiteItem] { attacks.map { item($0, images) } }

  private func item(_ attack: Attack, _ images: ImageSet) -> SuiteItem {
    SuiteItem(
      label: attack.label,
      summary: "\(attack.steps) steps of \(attack.stepShare)"
        + (attack.randomStart ? " from a random start" : ""),
      severities: [0] + epsilons(of: attack, on: images), draws: 1, seed: seed,
      images: count(of: images))
  }

  public func sorted(by rank: (SuiteItem) -> Int, on images: ImageSet) -> AttackPart {
    var part = self
    part.attacks.sort { rank(item($0, images)) < rank(item($1, images)) }
    return part
  }

  /// An evaluation of each part. The first one also measures the gradients of the clean images.
  public static func evaluations(
    of parts: [AttackPart], in context: EvaluationContext, on device: any Device
  ) throws -> [any Evaluation] {
    try parts.enumerated().map { index, part in
      let evaluation = try AttackEvaluation(part, in: context, on: device)
      evaluation.measuresGradients = index == 0
      return evaluation
    }
  }

  /// Areas under the curves of accuracy.
  public static func derived(from records: [Record]) -> [Record] {
    DegradationCurve.areas(records) { $0.hasPrefix("adversarial/") }
  }

  public func provenance(on images: ImageSet) -> [String: String] {
    var all = ["attack-images": "\(count(of: images))"]
    if isRandom { all["attack-seed"] = "\(seed)" }
    return all
  }
}

// MARK: Suite files

extension AttackPart {
  public init(
    _ mapping: YAMLMapping, catalog: PerturbationCatalog, shape: ImageShape, seed: UInt64
  ) throws {
    let names = try mapping.list(Self.key)?.map { try mapping.text($0, Self.key) } ?? []
    let attacks = try mapping.checked(Self.key) {
      try Self.attacks(names.joined(separator: ","), orNone: false)
    }
    guard !attacks.isEmpty else {
      throw mapping.reader.problem(
        mapping.node, "adversarial names no attack; name one, a list of them, or all")
    }
    let (epsilons, written) = try mapping.epsilons()
    let count = try mapping.integer("subset")
    self = try mapping.checked(mapping.has("epsilons") ? "epsilons" : Self.key) {
      try AttackPart(
        attacks: attacks, epsilons: epsilons, images: count, seed: seed, epsilonNames: written)
    }
  }
}

extension YAMLMapping {
  /// The epsilons of the key `epsilons` (nil if it is missing) and their text in the file, by
  /// value.
  func epsilons() throws -> (values: [Double]?, names: [Double: String]) {
    guard let nodes = list("epsilons") else { return (nil, [:]) }
    return try checked("epsilons") {
      let text = try nodes.map { try self.text($0, "epsilons") }.joined(separator: ",")
      let values = try AttackPart.epsilons(text)
      let written = try EpsilonText.names(text)
      return (
        values,
        values.reduce(into: [:]) { $0[$1] = written[$1] ?? EpsilonText.text($1) }
      )
    }
  }
}
