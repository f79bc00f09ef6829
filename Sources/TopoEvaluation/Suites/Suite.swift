import TopoCompute
import TopoData
import TopoFoundation
import TopoPerturbations

/// A set of evaluations of trained networks in one run: perturbations of images, perturbations of
/// weights, and attacks, with their severities and draws. Clean images always come first.
///
/// Here a suite has white noise at one level, and pruning of the topographic layer at its default
/// severities:
/// ```swift
/// var suite = Suite(name: "noise-and-pruning")
/// try suite.add(ImagePart(try NoiseSelection(noises: [Noise(.white)], levels: [0.1]).sweeps))
/// try suite.add(try WeightPart(perturbations: [WeightPerturbation(.pruning)]))
/// let records = try suite.records(in: context, on: device)
/// ```
public struct Suite: Sendable {
  /// All kinds of parts, in the order of results.
  public static let kinds: [any SuitePart.Type] = [
    ImagePart.self, AnalysisPart.self, WeightPart.self, AttackPart.self,
  ]

  /// The name of the suite in results.
  public var name: String
  /// Number of images that are evaluated, the first of the set; nil for all.
  public var subset: Int?
  /// The parts. Parts of one kind are next to each other.
  public private(set) var parts: [any SuitePart] = []
  /// Notes for the user on perturbations that were left out.
  public var notes: [String] = []

  /// A suite without parts: the clean images.
  public init(name: String, subset: Int? = nil) {
    (self.name, self.subset) = (name, subset)
  }

  /// The parts of one kind.
  public func parts<Part: SuitePart>(_ kind: Part.Type) -> [Part] {
    parts.compactMap { $0 as? Part }
  }

  /// Perturbations of images, in order.
  public var images: [PerturbationSweep] { parts(ImagePart.self).flatMap(\.sweeps) }

  /// The text that severities were given as, by value.
  public var severityNames: [Double: String] {
    parts.reduce(into: [:]) { $0.merge($1.severityNames) { first, _ in first } }
  }

  /// Adds a part.
  /// - Throws: `UserError` if the suite already has a perturbation of the part at one of its
  ///   severities: the records of both would have the same name.
  public mutating func add(_ part: some SuitePart) throws {
    try checkNew(part)
    let rank = Self.rank(of: type(of: part))
    let position = parts.firstIndex { Self.rank(of: type(of: $0)) > rank }
    parts.insert(part, at: position ?? parts.endIndex)
  }

  private static func rank(of kind: any SuitePart.Type) -> Int {
    kinds.firstIndex { $0 == kind } ?? kinds.count
  }

  private func checkNew(_ part: some SuitePart) throws {
    // Labels and severities do not depend on the images, except the default epsilons of attacks.
    var known: [String: Set<Double>] = [:]
    for item in parts.flatMap(\.labels) {
      known[item.label, default: []].formUnion(item.severities)
    }
    for item in part.labels {
      if let severity = item.severities.first(where: { known[item.label]?.contains($0) ?? false }) {
        throw UserError(
          "the perturbation \(item.label)" + (severity > 0 ? " at \(severity)" : "")
            + " occurs twice: keep one")
      }
      known[item.label, default: []].formUnion(item.severities)
    }
  }

  /// All perturbations in the order of results.
  /// - Parameter images: the images that the suite is evaluated on.
  public func items(on images: ImageSet) -> [SuiteItem] { parts.flatMap { $0.items(on: images) } }

  /// The suite with its perturbations in the order of the same perturbations of another suite.
  public func sorted(like items: [SuiteItem], on images: ImageSet) -> Suite {
    let ranks = Dictionary(zip(items, items.indices), uniquingKeysWith: { first, _ in first })
    let rank = { (item: SuiteItem) in ranks[item] ?? items.count }
    var suite = self
    suite.parts = Self.kinds.flatMap { kind in
      parts.filter { type(of: $0) == kind }.map { $0.sorted(by: rank, on: images) }
        .map { part in (part, part.items(on: images).map(rank).min() ?? items.count) }
        .sorted { $0.1 < $1.1 }.map(\.0)
    }
    return suite
  }

  /// The suite without what the networks do not allow, with notes about it.
  /// - Parameter conditions: by network: the label of its condition.
  /// - Throws: `UserError` if that was asked for by name.
  public func fitted(networks conditions: [String]) throws -> Suite {
    var suite = self
    suite.parts = try parts.map { try $0.fitted(networks: conditions) }
    for note in parts.flatMap({ $0.omissions(networks: conditions) })
    where !suite.notes.contains(note) {
      suite.notes.append(note)
    }
    return suite
  }

  /// The evaluations of all parts, in the order of results.
  /// - Throws: `UserError` if an architecture lacks a layer or has too few units, or if the context
  ///   has fewer images than a part asks for; `DeviceError`.
  public func evaluations(
    in context: EvaluationContext, on device: any Device
  ) throws -> [any Evaluation] {
    var suite = self
    // An image part without perturbations evaluates the clean images.
    if parts(ImagePart.self).isEmpty { try suite.add(ImagePart()) }
    return try Self.kinds.flatMap { try suite.evaluations(of: $0, in: context, on: device) }
  }

  private func evaluations<Part: SuitePart>(
    of kind: Part.Type, in context: EvaluationContext, on device: any Device
  ) throws -> [any Evaluation] {
    let parts = parts(kind)
    return parts.isEmpty ? [] : try Part.evaluations(of: parts, in: context, on: device)
  }
}

extension SuitePart {
  /// Labels and severities of the perturbations, as far as they do not depend on the images.
  fileprivate var labels: [(label: String, severities: [Double])] {
    let none = ImageSet(
      images: [], labels: [], shape: ImageShape(channels: 1, rows: 1, columns: 1), classes: 1)
    return items(on: none).map { ($0.label, $0.severities) }
  }
}
