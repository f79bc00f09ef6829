import TopoEvaluation
import TopoFoundation
import TopoPerturbations

/// What trained networks are put through, in one run: perturbations of images, perturbations of
/// weights, and attacks, with their severities and draws. The images as they are always come first.
public struct Suite: Sendable {
  /// What it is called.
  public var name: String
  /// The first so many images; nil for all.
  public var subset: Int?
  /// Perturbations of images, in order.
  public private(set) var images: [PerturbationSweep] = []
  /// Perturbations of weights, and lesions, in order.
  public private(set) var weights: [WeightSelection] = []
  /// Attacks, in order.
  public private(set) var attacks: [AttackSelection] = []
  /// What was left out, and why, in sentences.
  public var notes: [String] = []

  /// Epsilons of all attacks as they were given, by value.
  public var epsilonNames: [Double: String] {
    attacks.reduce(into: [:]) { $0.merge($1.epsilonNames) { first, _ in first } }
  }

  /// A suite without parts.
  public init(name: String, subset: Int? = nil) {
    (self.name, self.subset) = (name, subset)
  }

  /// Adds a perturbation of images. Severity 0 is the clean images, which are there already.
  /// - Throws: `UserError` where a severity of it is in the suite: results of both would carry
  ///   one name.
  public mutating func add(_ sweep: PerturbationSweep) throws {
    let label = sweep.perturbation.label
    for other in images where other.perturbation.label == label {
      if let twice = sweep.severities.first(where: other.severities.contains) {
        throw UserError("the perturbation \(label) at \(twice) is there twice: keep one")
      }
    }
    images.append(sweep)
  }

  /// Adds perturbations of weights.
  /// - Throws: `UserError` where one of them is in the suite.
  public mutating func add(_ selection: WeightSelection) throws {
    let known = weights.flatMap(\.perturbations)
    if let twice = selection.perturbations.first(where: known.contains) {
      throw UserError("the perturbation \(twice.label) is there twice: keep one")
    }
    weights.append(selection)
  }

  /// Adds attacks.
  /// - Throws: `UserError` where one of them is in the suite.
  public mutating func add(_ selection: AttackSelection) throws {
    let known = attacks.flatMap(\.attacks).map(\.label)
    if let twice = selection.attacks.map(\.label).first(where: known.contains) {
      throw UserError("the attack \(twice) is there twice: keep one")
    }
    attacks.append(selection)
  }
}
