import TopoData

extension Plan {
  /// A note about a likely mistake: an architecture that was made for other images than those of
  /// the data. nil if there is none.
  public func note(on dataset: Dataset) -> String? {
    let isColor = dataset.shape.channels == 3
    let suitable = isColor ? "cifar10" : "mnist"
    guard case .ready(let architecture) = architecture, architecture != suitable else { return nil }
    let (actual, expected) = isColor ? ("in color", "gray") : ("gray", "in color")
    return
      "note: the architecture \(architecture) was made for images that are \(expected), but those "
      + "of \(dataset.name) are \(actual); \(suitable) is the one for them"
  }
}
