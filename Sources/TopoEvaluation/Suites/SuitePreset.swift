import TopoFoundation
import TopoPerturbations

/// The suites that are known by name.
public enum SuitePreset: String, Sendable, Hashable, CaseIterable {
  /// The paper's three noises at its five levels.
  case noise
  /// The fifteen common corruptions of CIFAR-10-C at five severities.
  case corruptions
  /// The corruptions of MNIST-C, each at the severity of the published files.
  case mnistC = "mnist-c"
  /// Noise on weights, pruning, quantisation and bit errors of the topographic layer.
  case weights
  /// Units of the sheet silenced: at random, in patches, by what they tell.
  case lesions
  /// Images turned against each network.
  case adversarial
  /// Everything that suits the images.
  case all

  /// What it is, in one line.
  public var summary: String {
    switch self {
    case .noise: "the paper's three noises at five levels, 5 draws each"
    case .corruptions: "the 15 common corruptions of CIFAR-10-C at five severities, with mCE"
    case .mnistC: "the 15 corruptions of MNIST-C at their published severities"
    case .weights: "noise, pruning, quantisation and bit errors of the topographic layer's weights"
    case .lesions: "units of the sheet silenced: at random, in patches, by what they tell"
    case .adversarial: "FGSM, FGM-L2, PGD-Linf and PGD-L2, each at the usual epsilons"
    case .all: "all of them that suit the images"
    }
  }

  /// What is asked of presets beyond their names.
  public struct Options: Sendable, Hashable {
    /// Severities of every perturbation of images; each one's own by default.
    public var severities: [Double]?
    /// Draws of every perturbation of images that is random; by default 5 for noises, else 1.
    public var draws: Int?
    /// Seed of all perturbations of images.
    public var seed: UInt64 = 0
    /// Draws of random perturbations of weights.
    public var weightDraws = WeightPart.defaultDraws
    /// Seed of all perturbations of weights.
    public var weightSeed: UInt64 = 0
    /// Epsilons of all attacks; the usual ones by default.
    public var epsilons: [Double]?
    /// Those as they were given, by value.
    public var epsilonNames: [Double: String] = [:]
    /// Images that are attacked; 1,000 by default.
    public var attackImages: Int?
    /// Seed of the attacks' random starts.
    public var attackSeed: UInt64 = 0

    /// The defaults.
    public init() {}

    /// Sets the seeds of everything that is drawn.
    mutating func setSeeds(_ seed: UInt64) {
      (self.seed, weightSeed, attackSeed) = (seed, seed, seed)
    }
  }

  /// What may be said beside its name in a file, apart from the seed.
  var optionKeys: [String] {
    switch self {
    case .noise, .corruptions, .mnistC: ["severities", "draws"]
    case .weights, .lesions: ["draws"]
    case .adversarial: ["epsilons"]
    case .all: ["draws", "epsilons"]
    }
  }

  /// The perturbations of images by name, each with its published severity where there is but one.
  var images: [(label: String, severity: Double?)] {
    switch self {
    case .noise: ["white", "pink", "salt-pepper"].map { ($0, nil) }
    case .corruptions: PerturbationCatalog.commonCorruptions.map { ($0, nil) }
    case .mnistC: PerturbationCatalog.mnistCorruptions.map { ($0, $1) }
    case .weights, .lesions, .adversarial: []
    case .all: Self.parts.flatMap(\.images)
    }
  }

  private static let parts = allCases.filter { $0 != .all }

  /// The perturbations of weights.
  var weights: [WeightPerturbation] {
    switch self {
    case .weights: WeightPerturbation.standard().filter { !$0.kind.isLesion }
    case .lesions: WeightPerturbation.standard().filter(\.kind.isLesion)
    default: []
    }
  }

  /// Draws of random perturbations.
  var draws: Int { self == .noise ? Noise.defaultDraws : 1 }

  /// Reads `noise,adversarial`.
  /// - Parameter orFile: whether the error may suggest a file.
  /// - Throws: `UserError` for a name that is not one of the suites, or a suite twice.
  public static func read(_ text: String, orFile: Bool = true) throws -> [SuitePreset] {
    let presets = try text.split(separator: ",").map { String($0).trimmed }
      .filter { !$0.isEmpty }.map { try named($0, orFile: orFile) }
    guard !presets.isEmpty else {
      throw UserError(
        "no suite is given: choose from \(allCases.map(\.rawValue).joined(separator: ", ")).")
    }
    var seen: Set<SuitePreset> = []
    if let twice = presets.first(where: { !seen.insert($0).inserted }) {
      throw UserError("the suite \(twice.rawValue) is there twice: name it once")
    }
    if presets.contains(.all), presets.count > 1 {
      throw UserError("the suite all holds the others: name it alone")
    }
    return presets
  }

  /// The suite of that name.
  /// - Parameter orFile: whether the error may suggest a file.
  /// - Throws: `UserError` that lists the names.
  public static func named(_ name: String, orFile: Bool = true) throws -> SuitePreset {
    guard let preset = SuitePreset(rawValue: name) else {
      throw UserError(
        "there is no suite '\(name)': choose from "
          + allCases.map(\.rawValue).joined(separator: ", ")
          + (orFile ? ", or give a file such as suite.yaml." : ""))
    }
    return preset
  }

  /// Adds the parts of this suite to `suite`.
  /// - Throws: `UserError` if the images are not of the kind that it is for, or an option is
  ///   out of range.
  func add(
    to suite: inout Suite, catalog: PerturbationCatalog, shape: ImageShape, options: Options
  ) throws {
    let perturbations = catalog.images(for: shape)
    guard self != .all else {
      for part in Self.parts where part.isPossible(perturbations) {
        try part.add(to: &suite, catalog: catalog, shape: shape, options: options)
      }
      return
    }
    if self == .adversarial {
      return try suite.add(
        AttackPart(
          attacks: Attack.Kind.allCases.map(Attack.init), epsilons: options.epsilons,
          images: options.attackImages, seed: options.attackSeed,
          epsilonNames: options.epsilonNames))
    }
    if !weights.isEmpty {
      return try suite.add(
        WeightPart(perturbations: weights, draws: options.weightDraws, seed: options.weightSeed))
    }
    let found = images.compactMap { wanted in
      perturbations.first { $0.label == wanted.label }.map { ($0, wanted.severity) }
    }
    guard !found.isEmpty else {
      throw UserError("the suite \(rawValue) is not for images of \(shape): choose another")
    }
    try suite.add(
      ImagePart(
        try found.map { perturbation, published in
          // Official files have one severity, whatever it is called.
          let severities =
            options.severities
            ?? published.flatMap { perturbation.severities.contains($0) ? [$0] : nil }
          return try PerturbationSweep(
            perturbation, severities: severities, draws: options.draws ?? draws,
            seed: options.seed, shape: shape)
        }))
    let missing = images.map(\.label).filter { label in
      !perturbations.contains { $0.label == label }
    }
    if !missing.isEmpty {
      suite.notes.append(
        "\(found.count) of \(images.count) of \(rawValue): without "
          + missing.joined(separator: ", ")
          + (missing.contains("corruption/frost")
            ? " (it needs photographs: --frost FOLDER)" : ""))
    }
  }

  /// Perturbations of images of this suite that are not among some names.
  public func missing(_ names: Set<String>) -> [String] {
    images.map(\.label).filter { !names.contains($0) }
  }

  private func isPossible(_ perturbations: [any ImagePerturbation]) -> Bool {
    images.isEmpty
      || images.contains { wanted in perturbations.contains { $0.label == wanted.label } }
  }
}

extension Suite {
  /// Known suites, one after the other.
  /// - Throws: `UserError`.
  public init(
    _ presets: [SuitePreset], catalog: PerturbationCatalog = PerturbationCatalog(),
    shape: ImageShape, options: SuitePreset.Options = .init(), subset: Int? = nil
  ) throws {
    self.init(name: presets.map(\.rawValue).joined(separator: ","), subset: subset)
    for preset in presets {
      try preset.add(to: &self, catalog: catalog, shape: shape, options: options)
    }
  }
}

extension String {
  /// Without spaces around it.
  fileprivate var trimmed: String {
    String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }
}
