import TopoCompute
import TopoData
import TopoFoundation
import TopoPerturbations

/// What trained networks are evaluated under, in one run: perturbations of images, perturbations of
/// weights, and attacks, with their severities and draws. The clean images always come first.
///
/// ```swift
/// var suite = Suite(name: "noise")
/// try suite.add(ImagePart(try NoiseSelection(noises: [Noise(.white)], levels: [0.1]).sweeps))
/// let records = try suite.records(in: context, on: device)
/// ```
public struct Suite: Sendable {
  /// All kinds of parts, in the order of results.
  public static let kinds: [any SuitePart.Type] = [
    ImagePart.self, WeightPart.self, AttackPart.self,
  ]

  /// Its name.
  public var name: String
  /// The number of images, the first of the set; nil for all.
  public var subset: Int?
  /// What it consists of; parts of one kind are next to each other.
  public private(set) var parts: [any SuitePart] = []
  /// What was left out, and why, in sentences.
  public var notes: [String] = []

  /// A suite of the clean images.
  public init(name: String, subset: Int? = nil) {
    (self.name, self.subset) = (name, subset)
  }

  /// The parts of one kind.
  public func parts<Part: SuitePart>(_ kind: Part.Type) -> [Part] {
    parts.compactMap { $0 as? Part }
  }

  /// Perturbations of images, in order.
  public var images: [PerturbationSweep] { parts(ImagePart.self).flatMap(\.sweeps) }

  /// Names of severities as they were written, by value.
  public var severityNames: [Double: String] {
    parts.reduce(into: [:]) { $0.merge($1.severityNames) { first, _ in first } }
  }

  /// Adds a part.
  /// - Throws: `UserError` if a perturbation of it is in the suite at one of its severities:
  ///   results of both would have one name.
  public mutating func add(_ part: some SuitePart) throws {
    try checkNew(part)
    let places = parts.map { Self.place(of: type(of: $0)) }
    let own = Self.place(of: type(of: part))
    parts.insert(part, at: places.firstIndex { $0 > own } ?? parts.endIndex)
  }

  private static func place(of kind: any SuitePart.Type) -> Int {
    kinds.firstIndex { $0 == kind } ?? kinds.count
  }

  private func checkNew(_ part: some SuitePart) throws {
    // Labels and severities do not depend on the images, except an attack's own epsilons.
    var known: [String: Set<Double>] = [:]
    for item in parts.flatMap(\.labels) {
      known[item.label, default: []].formUnion(item.severities)
    }
    for item in part.labels {
      if let severity = item.severities.first(where: { known[item.label]?.contains($0) ?? false }) {
        throw UserError(
          "the perturbation \(item.label)" + (severity > 0 ? " at \(severity)" : "")
            + " is there twice: keep one")
      }
      known[item.label, default: []].formUnion(item.severities)
    }
  }

  /// All perturbations, one by one, in the order of results.
  public func items(on images: ImageSet) -> [SuiteItem] { parts.flatMap { $0.items(on: images) } }

  /// The suite with its perturbations in the order of those of another one that has the same.
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

  /// All that is to do, in the order of results.
  /// - Throws: `UserError` for what an architecture does not have, or if a part needs
  ///   more images than there are; `DeviceError`.
  public func evaluations(
    in context: EvaluationContext, on device: any Device
  ) throws -> [any Evaluation] {
    var suite = self
    // The clean images.
    if parts(ImagePart.self).isEmpty { try suite.add(ImagePart()) }
    return try Self.kinds.flatMap { try suite.evaluations(of: $0, in: context, on: device) }
  }

  private func evaluations<Part: SuitePart>(
    of kind: Part.Type, in context: EvaluationContext, on device: any Device
  ) throws -> [any Evaluation] {
    let own = parts(kind)
    return own.isEmpty ? [] : try Part.evaluations(of: own, in: context, on: device)
  }
}

extension SuitePart {
  /// Labels and severities of its perturbations, as far as they do not depend on the images.
  fileprivate var labels: [(label: String, severities: [Double])] {
    let none = ImageSet(
      images: [], labels: [], shape: ImageShape(channels: 1, rows: 1, columns: 1), classes: 1)
    return items(on: none).map { ($0.label, $0.severities) }
  }
}
