import TopoFoundation
import TopoPerturbations

/// What suites can draw on: the perturbations that images of a shape can be shown under.
public struct SuiteCatalog: Sendable {
  /// Extents of an image.
  public let shape: ImageShape
  /// In the order of lists.
  public let perturbations: [any ImagePerturbation]

  /// Perturbations of images.
  public init(shape: ImageShape, perturbations: [any ImagePerturbation]) {
    (self.shape, self.perturbations) = (shape, perturbations)
  }

  /// All perturbations of a catalogue that images of a shape can be shown under.
  public init(shape: ImageShape, catalog: PerturbationCatalog = PerturbationCatalog()) {
    self.init(shape: shape, perturbations: catalog.images(for: shape))
  }

  /// The perturbation of that name.
  /// - Throws: `UserError` that lists the names.
  public func named(_ name: String) throws -> any ImagePerturbation {
    // Python's names have underscores.
    let spelling = String(name.map { $0 == "_" ? "-" : $0 })
    guard let found = perturbations.first(where: { $0.label == spelling }) else {
      throw UserError(
        "there is no perturbation '\(name)' for images of \(shape): choose from "
          + perturbations.map(\.label).joined(separator: ", ") + "")
    }
    return found
  }
}
