import TopoEvaluation

/// What the severities of perturbations are, for axes.
enum SeverityLabel {
  /// The label of an axis: what a severity is, with its unit.
  static func text(_ perturbation: String) -> String {
    if perturbation.hasPrefix("adversarial/") { return "epsilon (pixels are 0 to 1)" }
    let parts = perturbation.split(separator: "/").map(String.init)
    let name = parts.first == "weights" && parts.count > 1 ? parts[1] : perturbation
    guard let kind = WeightPerturbation.Kind(rawValue: name) else { return "severity" }
    return switch kind {
    case .additiveRelative: "noise (SD of the layer's weights)"
    case .additiveAbsolute: "noise (SD, in units of weights)"
    case .additiveMaximum: "noise (SD, share of the largest weight)"
    case .multiplicative: "noise (SD of the factor)"
    case .zeroing, .pruning, .pruningGlobal: "weights set to 0 (share)"
    case .lesionRandom, .lesionPatch: "units silenced (share)"
    case .lesionSelective: "units silenced (number)"
    case .stimulationPatch, .stimulationRandom: "stimulation (SD of responses)"
    case .quantization: "precision (bits)"
    case .bitFlips, .bitFlipsInt8: "probability of a flip (per bit)"
    }
  }
}
