import TopoFoundation
import TopoNetworks
import TopoPerturbations

/// Perturbations of weights, lesions and stimulations of units, with their severities and draws.
///
/// ```swift
/// let part = try WeightPart(
///   perturbations: [WeightPerturbation(.zeroing), WeightPerturbation(.lesionPatch)],
///   severities: [0.1, 0.5], draws: 20)
/// ```
public struct WeightPart: SuitePart, Hashable {
  /// The perturbations, each once.
  public var perturbations: [WeightPerturbation]
  /// Severities of all perturbations, each once, without 0; nil for the defaults of each. Severity
  /// 0, the unperturbed network, is always evaluated too.
  public var severities: [Double]?
  /// Number of draws of each random perturbation at each severity.
  public var draws: Int
  /// Number of centers of patches, drawn at random; nil for every unit of the sheet.
  public var centers: Int?
  /// Seed of all random numbers.
  public var seed: UInt64

  /// Default number of draws.
  public static let defaultDraws = 10
  /// Default number of centers of patches.
  public static let defaultCenters = 20
  /// Largest number of draws or centers. No mean needs more, so a larger number is probably a
  /// mistake.
  package static let mostDraws = 10_000

  /// A part whose values are checked.
  /// - Throws: `UserError` for a severity that is out of range for one of the perturbations, an
  ///   empty list of severities, or a number of draws or centers that is not from 1 to 10,000.
  public init(
    perturbations: [WeightPerturbation], severities: [Double]? = nil,
    draws: Int = WeightPart.defaultDraws, centers: Int? = WeightPart.defaultCenters,
    seed: UInt64 = 0
  ) throws {
    for severity in severities ?? [] {
      for perturbation in perturbations { try perturbation.check(severity: severity) }
    }
    guard severities.map({ !$0.isEmpty }) ?? true else { throw Self.noSeverity }
    for (name, number) in [
      ("draws of weight perturbations", draws), ("patch centers", centers ?? 1),
    ]
    where !(1...Self.mostDraws).contains(number) {
      throw UserError(
        "the number of \(name) is \(number), but it must be from 1 to \(Self.mostDraws)")
    }
    var seen: Set<WeightPerturbation> = []
    self.perturbations = perturbations.filter { seen.insert($0).inserted }
    self.severities = severities.map { Set($0).subtracting([0]).sorted() }
    self.draws = draws
    self.centers = centers
    self.seed = seed
  }

  /// Checks that an architecture has the layers, and that the given severities are possible for it.
  /// - Throws: `UserError` that names what is valid.
  public func check(_ architecture: Architecture) throws {
    for perturbation in perturbations {
      _ = try perturbation.parameters(of: architecture)
      for severity in severities ?? [] {
        try perturbation.check(severity: severity, architecture: architecture)
      }
    }
  }

  /// All perturbations at all severities: 0, then from the weakest perturbation to the strongest.
  ///
  /// Default severities that are impossible for one of the models are left out, such as lesions of
  /// more units than its sheet has.
  func tasks(for models: [EvaluatedModel]) -> [WeightTask] {
    let architectures = Set(models.map(\.network.architecture))
    return perturbations.flatMap { perturbation in
      severities(of: perturbation).filter { severity in
        severities != nil
          || architectures.allSatisfy {
            (try? perturbation.check(severity: severity, architecture: $0)) != nil
          }
      }.map { WeightTask(perturbation: perturbation, severity: $0) }
    }
  }

  /// The severities of a perturbation: 0, then from the weakest perturbation to the strongest.
  public func severities(of perturbation: WeightPerturbation) -> [Double] {
    let above0 = severities ?? perturbation.kind.severities
    return [0] + above0.sorted { perturbation.level($0) < perturbation.level($1) }
  }

  /// The numbers of a perturbation's draws: the units at the centers for patches, the classes for
  /// selective lesions; only 0 at severity 0.
  public func draws(
    of perturbation: WeightPerturbation, severity: Double, architecture: Architecture
  ) -> [Int] {
    if severity == 0 { return [0] }
    switch perturbation.kind {
    case .lesionPatch, .stimulationPatch:
      return WeightPerturbation.centers(centers, of: architecture.sheet, seed: seed)
    case .lesionSelective: return Array(0..<architecture.classes)
    default: return Array(0..<(perturbation.kind.isRandom ? draws : 1))
    }
  }

  /// Reads a list such as `zeroing,lesion/patch`; `all` selects `WeightPerturbation.standard`,
  /// `none` or an empty text nothing.
  /// - Parameter layers: the layers for names without layers; each of these perturbations occurs
  ///   once for each of the layers.
  /// - Throws: `UserError` for a name that is not one of the kinds.
  public static func perturbations(
    _ text: String, layers: [WeightLayers] = [.topographic]
  ) throws -> [WeightPerturbation] {
    let names = SelectionText.items(text)
    if names.isEmpty || names == ["none"] { return [] }
    if names.count > 1, let name = names.first(where: { ["all", "none"].contains($0) }) {
      throw UserError(
        "the weight perturbation \(name) cannot be combined with others: give it alone")
    }
    var seen: Set<WeightPerturbation> = []
    let found =
      names == ["all"]
      ? layers.flatMap { WeightPerturbation.standard(layers: $0) }
      : try names.flatMap { name in
        try layers.map { try WeightPerturbation(named: name, layers: $0) }
      }
    return found.filter { seen.insert($0).inserted }
  }

  /// Reads a list such as `topographic,readout`.
  /// - Throws: `UserError` for an empty list, or a name that no layer can have.
  public static func layers(_ text: String) throws -> [WeightLayers] {
    let layers = try SelectionText.items(text).map { try WeightLayers($0) }
    guard !layers.isEmpty else {
      throw UserError(
        "no layers are given: choose from "
          + "\(WeightLayers.standard.map(\.label).joined(separator: ", ")), or a layer's name")
    }
    return layers
  }

  /// Reads a list such as `0.1,0.5,1e-3`.
  /// - Throws: `UserError` for an item that is not a number, or an empty list.
  public static func severities(_ text: String) throws -> [Double] {
    let severities = try SelectionText.items(text).map { item in
      guard let severity = DecimalText.number(item), severity.isFinite else {
        throw UserError(
          "the severity \"\(item)\" of weight perturbations is not a number: give numbers such as "
            + "0.1,0.5")
      }
      return severity
    }
    guard !severities.isEmpty else { throw noSeverity }
    return severities
  }

  /// Reads a number of patch centers, or `all` for every unit, which is nil.
  /// - Throws: `UserError` for anything else.
  public static func centers(_ text: String) throws -> Int? {
    if text == "all" { return nil }
    guard let number = DecimalText.integer(text) else {
      throw UserError(
        "the number of patch centers is \"\(text)\": give a number, or all for every unit")
    }
    return number
  }

  private static var noSeverity: UserError {
    UserError("no severity of weight perturbations is given: give at least one number")
  }
}
