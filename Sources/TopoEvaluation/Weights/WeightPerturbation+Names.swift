import TopoFoundation
import TopoPerturbations

extension WeightPerturbation {
  /// One perturbation of each kind, except the variants of others: pruning over all layers
  /// together, and bit flips of codes.
  public static func standard(layers: WeightLayers = .topographic) -> [WeightPerturbation] {
    Kind.allCases.filter { $0 != .pruningGlobal && $0 != .bitFlipsInt8 }.map {
      WeightPerturbation($0, layers: layers)
    }
  }

  /// The perturbation with a name: that of a kind (`zeroing`, `lesion/patch`), or a label as in
  /// records (`weights/zeroing/dense`), with or without layers.
  /// - Parameter layers: the layers if the name has none.
  /// - Throws: `UserError` that lists the valid names.
  public init(named name: String, layers: WeightLayers = .topographic) throws {
    if let kind = Kind(rawValue: name) {
      self.init(kind, layers: layers)
      return
    }
    let parts = name.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    guard (2...3).contains(parts.count), parts[0] == "weights",
      let kind = Kind(rawValue: parts[1]), !kind.isOfUnits
    else {
      let valid = Kind.allCases.map(\.rawValue).joined(separator: ", ")
      throw UserError(
        "there is no weight perturbation \"\(name)\": choose from \(valid), or all")
    }
    self.init(kind, layers: parts.count == 3 ? try WeightLayers(parts[2]) : layers)
  }
}
