import TopoData
import TopoNetworks

extension Plan {
  /// What may be a mistake: an architecture that was made for other images than the data's. Nil
  /// where there is nothing to say.
  public func note(on dataset: Dataset) -> String? {
    let isColor = dataset.shape.channels == 3
    let meant = isColor ? "cifar10" : "mnist"
    guard Architecture.presets.contains(architecture), architecture != meant else { return nil }
    let (own, other) = isColor ? ("in color", "grey") : ("grey", "in color")
    return
      "note: the architecture \(architecture) was made for images that are \(other), but those of "
      + "\(dataset.name) are \(own); \(meant) is the one for them"
  }
}
