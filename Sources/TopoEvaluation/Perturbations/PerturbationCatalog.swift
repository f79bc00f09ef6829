import TopoCompute

/// All image perturbations there are, by name.
public struct PerturbationCatalog: Sendable {
  /// In the order of lists.
  public let perturbations: [any ImagePerturbation]

  /// A catalogue.
  /// - Parameter frost: photographs, without which there is no frost.
  public init(frost: FrostPhotographs? = nil) {
    let noises: [Noise] = [
      Noise(.white), Noise(.pink), Noise(.saltAndPepper), Noise(.pink, spectrum: .pink),
      Noise(.saltAndPepper, withReplacement: false),
    ]
    perturbations =
      noises + Corruption.main(frost: frost) + Corruption.extra + Corruption.mnist(frost: frost)
  }

  /// Those that images of a shape can be damaged by.
  public func images(for shape: ImageShape) -> [any ImagePerturbation] {
    perturbations.filter { perturbation in
      perturbation.severities.contains {
        (try? perturbation.check(severity: $0, shape: shape)) != nil
      }
    }
  }
}
