import TopoFoundation
import TopoPerturbations

/// Suites that are known by name.
///
/// ```swift
/// let suite = try Suite([.noise, .lesions], shape: dataset.test.shape)
/// ```
public enum SuitePreset: String, Sendable, Hashable, CaseIterable {
  /// The three noises of the paper at its five levels.
  case noise
  /// The fifteen common corruptions of CIFAR-10-C at five severities.
  case corruptions
  /// The corruptions of MNIST-C, each at the severity of the published files.
  case mnistC = "mnist-c"
  /// Noise on weights, pruning, quantization and bit errors of the topographic layer.
  case weights
  /// Silenced units of the sheet: random units, patches, and the most selective units.
  case lesions
  /// Stimulated units of the sheet: patches and as many random units.
  case stimulation
  /// Attacks on each network.
  case adversarial
  /// All suites that are possible for the images.
  case all

  /// What the suite has, in one line.
  public var summary: String {
    switch self {
    case .noise: "the paper's three noises at five levels, 5 draws each"
    case .corruptions: "the 15 common corruptions of CIFAR-10-C at five severities, with mCE"
    case .mnistC: "the 15 corruptions of MNIST-C at their published severities"
    case .weights: "noise, pruning, quantization and bit errors of the topographic layer's weights"
    case .lesions: "silenced units of the sheet: random units, patches, the most selective units"
    case .stimulation: "stimulated units of the sheet: patches, random units"
    case .adversarial: "FGSM, FGM-L2, PGD-Linf and PGD-L2, each at its default epsilons"
    case .all: "all suites that are possible for the images"
    }
  }

  /// Options of known suites.
  public struct Options: Sendable, Hashable {
    /// Severities of every perturbation of images; nil for the defaults of each.
    public var severities: [Double]?
    /// Draws of every perturbation of images that is random; nil for 5 draws of noises and 1 of
    /// others.
    public var draws: Int?
    /// Seed of all perturbations of images.
    public var seed: UInt64 = 0
    /// Draws of random perturbations of weights.
    public var weightDraws = WeightPart.defaultDraws
    /// Seed of all perturbations of weights.
    public var weightSeed: UInt64 = 0
    /// Epsilons of all attacks; nil for the defaults of each.
    public var epsilons: [Double]?
    /// The text that epsilons were given as, by value.
    public var epsilonNames: [Double: String] = [:]
    /// Number of images that are attacked; nil for 1,000.
    public var attackImages: Int?
    /// Seed of the random starts of attacks.
    public var attackSeed: UInt64 = 0

    /// The defaults.
    public init() {}

    /// Sets all seeds to the same number.
    mutating func setSeeds(_ seed: UInt64) {
      (self.seed, weightSeed, attackSeed) = (seed, seed, seed)
    }
  }

  /// The keys that a file may have with the suite, besides `seed`.
  var optionKeys: [String] {
    switch self {
    case .noise, .corruptions, .mnistC: ["severities", "draws"]
    case .weights, .lesions, .stimulation: ["draws"]
    case .adversarial: ["epsilons"]
    case .all: ["draws", "epsilons"]
    }
  }

  /// The labels of the perturbations of images, each with its published severity if there is only
  /// one.
  var images: [(label: String, severity: Double?)] {
    switch self {
    case .noise: ["white", "pink", "salt-pepper"].map { ($0, nil) }
    case .corruptions: Self.commonCorruptions.map { ("corruption/\($0)", nil) }
    case .mnistC: Self.mnistCorruptions.map { ("mnist-c/\($0)", $1) }
    case .weights, .lesions, .stimulation, .adversarial: []
    case .all: Self.parts.flatMap(\.images)
    }
  }

  private static let parts = allCases.filter { $0 != .all }

  /// The perturbations of weights.
  var weights: [WeightPerturbation] {
    switch self {
    case .weights: WeightPerturbation.standard().filter { !$0.kind.isOfUnits }
    case .lesions: WeightPerturbation.standard().filter(\.kind.isLesion)
    case .stimulation: WeightPerturbation.standard().filter(\.kind.isStimulation)
    default: []
    }
  }

  /// Default number of draws of random perturbations of images.
  var draws: Int { self == .noise ? Noise.defaultDraws : 1 }

  /// The corruptions of Hendrycks and Dietterich, arXiv 1903.12261, in the order of their tables.
  static let commonCorruptions = Corruption.Kind.main.map(\.rawValue)

  /// The corruptions of Mu and Gilmer, arXiv 1906.02337, with the severities of their files;
  /// without the identity.
  static let mnistCorruptions = CorruptionFolder.publishedMNIST.filter { $0.name != "identity" }

  /// Reads a list of names, such as `noise,adversarial`.
  /// - Parameter orFile: whether the error suggests a file too.
  /// - Throws: `UserError` for an empty list, an unknown name, a name that occurs twice, or `all`
  ///   together with others.
  public static func read(_ text: String, orFile: Bool = true) throws -> [SuitePreset] {
    let presets = try text.split(separator: ",").map { String($0).trimmed }
      .filter { !$0.isEmpty }.map { try named($0, orFile: orFile) }
    guard !presets.isEmpty else {
      throw UserError(
        "no suite is given: choose from \(allCases.map(\.rawValue).joined(separator: ", ")).")
    }
    var seen: Set<SuitePreset> = []
    if let twice = presets.first(where: { !seen.insert($0).inserted }) {
      throw UserError("the suite \(twice.rawValue) occurs twice: name it once")
    }
    if presets.contains(.all), presets.count > 1 {
      throw UserError("the suite all includes the others: give it alone")
    }
    return presets
  }

  /// The suite with a name.
  /// - Parameter orFile: whether the error suggests a file too.
  /// - Throws: `UserError` that lists the names.
  public static func named(_ name: String, orFile: Bool = true) throws -> SuitePreset {
    guard let preset = SuitePreset(rawValue: name) else {
      throw UserError(
        "there is no suite \"\(name)\": choose from "
          + allCases.map(\.rawValue).joined(separator: ", ")
          + (orFile ? ", or give a file such as suite.yaml." : ""))
    }
    return preset
  }

  /// Adds the parts of this suite to `suite`.
  /// - Throws: `UserError` if the suite has no perturbation for images of the shape, or an option
  ///   is out of range.
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
    let found = images.compactMap { image in
      perturbations.first { $0.label == image.label }.map { ($0, image.severity) }
    }
    guard !found.isEmpty else {
      throw UserError("the suite \(rawValue) is not for images of \(shape): choose another")
    }
    try suite.add(
      ImagePart(
        try found.map { perturbation, published in
          // The published severity, unless official files call theirs by another number.
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
        "The suite \(rawValue) has \(found.count) of its \(images.count) perturbations: "
          + missing.listed() + (missing.count == 1 ? " is" : " are") + " left out"
          + (missing.contains("corruption/frost")
            ? ", because \(missing.count == 1 ? "it" : "corruption/frost") needs photographs (--frost "
              + "FOLDER)." : "."))
    }
  }

  /// The labels of this suite's perturbations of images that are not among `names`.
  public func missing(_ names: Set<String>) -> [String] {
    images.map(\.label).filter { !names.contains($0) }
  }

  private func isPossible(_ perturbations: [any ImagePerturbation]) -> Bool {
    images.isEmpty
      || images.contains { image in perturbations.contains { $0.label == image.label } }
  }
}

extension Suite {
  /// A suite of known suites, one after the other.
  /// - Throws: `UserError` if a suite is not for images of the shape, an option is out of range, or
  ///   two suites have the same perturbation at the same severity.
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
  /// The text without spaces at both ends.
  fileprivate var trimmed: String {
    String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }
}
