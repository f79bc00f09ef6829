import TopoFoundation

/// A perturbation of images at some severities, with some draws of each.
public struct PerturbationSweep: Sendable {
  /// What is done to the images.
  public let perturbation: any ImagePerturbation
  /// How much of it, ascending, each once.
  public let severities: [Double]
  /// Draws at each severity; one if draws do not differ.
  public let draws: Int
  /// Seed of the draws.
  public let seed: UInt64

  /// More draws than any mean needs: a larger number is a typing error.
  package static let mostDraws = 10_000

  /// A checked sweep.
  /// - Parameters:
  ///   - severities: the perturbation's own by default.
  ///   - shape: of the images to perturb.
  /// - Throws: `UserError` for a severity that the perturbation does not have for such images,
  ///   no severity at all, or a number of draws that is not from 1 to 10,000.
  public init(
    _ perturbation: any ImagePerturbation, severities: [Double]? = nil, draws: Int = 1,
    seed: UInt64 = 0, shape: ImageShape
  ) throws {
    let severities = Set(severities ?? perturbation.severities).sorted()
    guard !severities.isEmpty else {
      throw UserError(
        "no severity of \(perturbation.label) is given: give at least one, such as "
          + "\(perturbation.severities.first ?? 1)")
    }
    for severity in severities {
      guard severity.isFinite else {
        throw UserError(
          "the severity \(severity) of \(perturbation.label) is not a number: give numbers, such "
            + "as \(perturbation.severities.first ?? 1)")
      }
      try perturbation.check(severity: severity, shape: shape)
    }
    guard (1...Self.mostDraws).contains(draws) else {
      throw UserError(
        "the number of draws of \(perturbation.label) is \(draws), but it must be from 1 to "
          + "\(Self.mostDraws)")
    }
    self.init(unchecked: perturbation, severities: severities, draws: draws, seed: seed)
  }

  /// A sweep whose parts were checked.
  init(
    unchecked perturbation: any ImagePerturbation, severities: [Double], draws: Int, seed: UInt64
  ) {
    self.perturbation = perturbation
    self.severities = severities
    self.draws = perturbation.isRandom ? draws : 1
    self.seed = seed
  }
}
