import TopoCompute
import TopoData
import TopoFoundation
import TopoPerturbations

/// A part of a suite: perturbations of one kind, with their severities and draws, as a value.
///
/// Each kind of part has its own folder in this module and an entry in `Suite.kinds`.
public protocol SuitePart: Sendable {
  /// The key of a suite file that has the perturbations: `images`, `weights`, `adversarial`.
  static var key: String { get }

  /// The other keys of a part in a suite file.
  static var options: [String] { get }

  /// Reads the part from a suite file.
  /// - Parameters:
  ///   - mapping: the part, whose keys are checked already.
  ///   - catalog: the available perturbations of images.
  ///   - shape: shape of the images, on which default severities depend.
  ///   - seed: seed of the suite, for a part without one.
  /// - Throws: `UserError` that names file, line and key.
  init(_ mapping: YAMLMapping, catalog: PerturbationCatalog, shape: ImageShape, seed: UInt64) throws

  /// Whether any result of the part depends on its seed.
  var isRandom: Bool { get }

  /// The perturbations of the part, in order.
  /// - Parameter images: the images that the suite is evaluated on.
  func items(on images: ImageSet) -> [SuiteItem]

  /// The part with its perturbations sorted by ascending rank.
  func sorted(by rank: (SuiteItem) -> Int, on images: ImageSet) -> Self

  /// Evaluations of parts of this kind on a device.
  /// - Throws: `UserError` if an architecture lacks a layer or has too few units; `DeviceError`.
  static func evaluations(
    of parts: [Self], in context: EvaluationContext, on device: any Device
  ) throws -> [any Evaluation]

  /// Measures that are derived from the records of all tasks of a network, such as areas under
  /// curves.
  static func derived(from records: [Record]) -> [Record]

  /// The part without what the networks do not allow.
  /// - Parameter conditions: by network: the label of its condition.
  /// - Throws: `UserError` if that was asked for by name.
  func fitted(networks conditions: [String]) throws -> Self

  /// Sentences for the user about what `fitted` leaves out.
  func omissions(networks conditions: [String]) -> [String]

  /// Entries for the provenance of results, by name.
  func provenance(on images: ImageSet) -> [String: String]

  /// The text that severities were given as, by value, if it differs from the shortest decimal.
  var severityNames: [Double: String] { get }
}

extension SuitePart {
  public func provenance(on images: ImageSet) -> [String: String] { [:] }
  public var severityNames: [Double: String] { [:] }
  public func fitted(networks conditions: [String]) throws -> Self { self }
  public func omissions(networks conditions: [String]) -> [String] { [] }
}

/// One perturbation of a part, with everything that its results depend on besides networks and
/// images.
public struct SuiteItem: Sendable, Hashable, Codable {
  /// The name of the perturbation in records.
  public var label: String
  /// What the perturbation does, in one line.
  public var summary: String
  /// The severities, in the order of results.
  public var severities: [Double]
  /// Number of draws at each severity.
  public var draws: Int
  /// Seed of the draws.
  public var seed: UInt64
  /// Number of images that are evaluated; nil for all.
  public var images: Int?
  /// The files that the perturbed images are read from or made with.
  public var origin: String?
  /// How the borders of the sheet are treated; nil for open ones.
  public var borders: String?

  /// Borders of which opposite ones meet.
  public static let torus = "torus"
}
