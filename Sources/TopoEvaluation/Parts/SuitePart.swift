import TopoCompute
import TopoData
import TopoFoundation
import TopoPerturbations

/// A part of a suite: what networks are evaluated under, as a value.
///
/// A kind of part is a folder of this module and a line in `Suite.kinds`.
public protocol SuitePart: Sendable {
  /// The key of a suite file that says what a part is: `images`, `weights`, `adversarial`.
  static var key: String { get }

  /// The keys that may stand beside it.
  static var options: [String] { get }

  /// Reads the part from a suite file.
  /// - Parameters:
  ///   - mapping: the part, whose keys are known.
  ///   - catalog: perturbations of images that there are.
  ///   - seed: of the suite, for a part without one.
  /// - Throws: `UserError` that names file, line and key.
  init(_ mapping: YAMLMapping, catalog: PerturbationCatalog, shape: ImageShape, seed: UInt64) throws

  /// Whether anything in it is drawn at random.
  var isRandom: Bool { get }

  /// Its perturbations, one by one.
  /// - Parameter images: those that the suite is evaluated on.
  func items(on images: ImageSet) -> [SuiteItem]

  /// The part with its perturbations sorted by a number for each.
  func sorted(by rank: (SuiteItem) -> Int, on images: ImageSet) -> Self

  /// Readies parts of this kind on a device.
  /// - Throws: `UserError` for what an architecture does not have; `DeviceError`.
  static func evaluations(
    of parts: [Self], in context: EvaluationContext, on device: any Device
  ) throws -> [any Evaluation]

  /// Measures that follow from the records of all tasks of a network, such as areas under curves.
  static func derived(from records: [Record]) -> [Record]

  /// What the provenance of results says of it, by name.
  func provenance(on images: ImageSet) -> [String: String]

  /// How severities were written, by value, where that differs from the shortest decimal.
  var severityNames: [Double: String] { get }
}

extension SuitePart {
  public func provenance(on images: ImageSet) -> [String: String] { [:] }
  public var severityNames: [Double: String] { [:] }
}

/// One perturbation of a part: results follow from all that it says.
public struct SuiteItem: Sendable, Hashable, Codable {
  /// Its name in records.
  public var label: String
  /// What it does, in one line.
  public var summary: String
  /// Its severities.
  public var severities: [Double]
  /// Draws at each severity.
  public var draws: Int
  /// Seed of the draws.
  public var seed: UInt64
  /// Images in use, if not all.
  public var images: Int?
  /// Files that its images come from or are made with.
  public var origin: String?
}
