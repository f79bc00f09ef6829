import TopoFoundation

/// A measure under a perturbation, with one value per network: what conditions are compared in.
public struct ComparedMeasure: Sendable, Hashable {
  /// Name of the measure.
  public var name: String
  /// The perturbation; `clean` without one.
  public var perturbation: String

  /// The measure of clean images, or under a perturbation.
  public init(_ name: String, under perturbation: String = Record.clean) {
    (self.name, self.perturbation) = (name, perturbation)
  }

  /// `accuracy`, or `accuracy under white`.
  public var title: String {
    perturbation == Record.clean ? name : "\(name) under \(perturbation)"
  }

  /// The change of accuracy from clean images to perturbed ones, within a network.
  public static let accuracyChange = "accuracy-change"
}
