import TopoFoundation
import TopoNetworks
import TopoPerturbations

/// A perturbation of the weights of a trained network, or a lesion or stimulation of units of its
/// sheet. A perturbed copy of the network is evaluated on clean images.
///
/// Kinds and severities follow the common tests of trained networks (noise on weights, pruning,
/// quantization, bit errors, lesions). The random numbers are the same for all models of one
/// architecture, so that models can be compared draw by draw.
///
/// ```swift
/// let pruning = WeightPerturbation(.pruning, layers: .dense)
/// let pruned = try pruning.apply(to: network, severity: 0.5, draw: 0, seed: 0)
/// ```
public struct WeightPerturbation: Sendable, Hashable, Codable {
  /// The kinds of perturbations. The raw value is the name on the command line. In the formulas,
  /// `s` is the severity.
  public enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
    /// `w + s d e`, with `d` the standard deviation of the layer's weights and `e` standard normal.
    case additiveRelative = "additive-relative"
    /// `w + s e`
    case additiveAbsolute = "additive-absolute"
    /// `w + s m e`, with `m` the largest magnitude of the layer's weights.
    case additiveMaximum = "additive-max"
    /// `w (1 + s e)`
    case multiplicative
    /// `round(s n)` of a layer's `n` weights, drawn without replacement, are set to 0.
    case zeroing
    /// The `round(s n)` weights of a layer that are smallest in magnitude are set to 0, the first
    /// ones on ties.
    case pruning
    /// Like `pruning`, over the weights of all layers together.
    case pruningGlobal = "pruning-global"
    /// `round(s N)` of the sheet's `N` units, drawn without replacement, are silenced: their output
    /// is 0.
    case lesionRandom = "lesion/random"
    /// The `round(s N)` units nearest to a center are silenced, the center included: by Euclidean
    /// distance, the first ones on ties.
    case lesionPatch = "lesion/patch"
    /// The `s` units with the largest `UnitSelectivity` for a class are silenced, class by class.
    case lesionSelective = "lesion/selective"
    /// `s` standard deviations of its response before ReLU are added to the response of each unit
    /// of a patch: `UnitStimulation.count` units around a center, as in `lesionPatch`.
    case stimulationPatch = "stimulation/patch"
    /// Like `stimulationPatch`, of as many units that are drawn without replacement, the same ones
    /// at every severity.
    case stimulationRandom = "stimulation/random"
    /// Symmetric quantization of each layer to `s` bits.
    case quantization
    /// Each bit of each weight's float32 is flipped with probability `s`.
    case bitFlips = "bit-flips"
    /// Each bit of each weight's code is flipped with probability `s`, after quantization to 8
    /// bits.
    case bitFlipsInt8 = "bit-flips-int8"
  }

  /// The kind of perturbation.
  public var kind: Kind
  /// The layers whose weights are perturbed; `topographic` for lesions and stimulations, which have
  /// no layers.
  public let layers: WeightLayers

  /// A perturbation of some layers.
  public init(_ kind: Kind, layers: WeightLayers = .topographic) {
    self.kind = kind
    self.layers = kind.isOfUnits ? .topographic : layers
  }

  /// The name in records: `weights/additive-relative/topographic`, `lesion/patch`.
  public var label: String {
    kind.isOfUnits ? kind.rawValue : "weights/\(kind.rawValue)/\(layers.label)"
  }

  /// Indices in `architecture.parameters` of the tensors that change, ascending; for a lesion, the
  /// weight that reads the sheet, and for a stimulation, the bias of the sheet.
  /// - Throws: `UserError` if the architecture has no such layer.
  public func parameters(of architecture: Architecture) throws -> [Int] {
    guard kind.isOfUnits else { return try layers.parameters(of: architecture) }
    let tensor = architecture.parameters.firstIndex {
      kind.isLesion
        ? $0.role == .weight && $0.layer > architecture.sheetIndex
        : $0.role == .bias && $0.layer == architecture.sheetIndex
    }
    return tensor.map { [$0] } ?? []
  }

  /// Checks that a severity is possible. Severity 0, the unperturbed network, always is.
  /// - Parameter architecture: the architecture of the networks; nil to check only what holds for
  ///   all architectures.
  /// - Throws: `UserError` that says which severities are valid.
  public func check(severity: Double, architecture: Architecture? = nil) throws {
    guard severity.isFinite, severity >= 0 else {
      throw UserError(
        "the severity \(severity) of \(label) is out of range: severities are 0 or more")
    }
    if severity == 0 { return }
    switch kind {
    case .additiveRelative, .additiveAbsolute, .additiveMaximum, .multiplicative,
      .stimulationPatch, .stimulationRandom:
      break
    case .zeroing, .pruning, .pruningGlobal, .lesionRandom, .lesionPatch, .bitFlips,
      .bitFlipsInt8:
      guard severity <= 1 else {
        throw UserError(
          "the severity \(severity) of \(label) is out of range: severities go from 0 to 1")
      }
    case .quantization:
      guard let bits = Int(exactly: severity), Quantizer.bits.contains(bits) else {
        throw UserError(
          "the severity \(severity) of \(label) is not possible: it is a number of bits from "
            + "\(Quantizer.bits.lowerBound) to \(Quantizer.bits.upperBound), or 0 for none")
      }
    case .lesionSelective:
      let most = architecture?.sheet.units ?? Int(Int32.max)
      guard severity == severity.rounded(), severity <= Double(most) else {
        throw UserError(
          "the severity \(severity) of \(label) is not possible: it is a number of units"
            + (architecture.map { ", of which architecture \($0.name) has \(most)" } ?? ""))
      }
    }
  }

  /// The level of a severity: its position on the x axis of a degradation curve. It is the
  /// severity, except for quantization to `b` bits, whose level is the step between two codes over
  /// the largest weight, `1 / (2^(b - 1) - 1)`. Level 0 is then no quantization, and larger levels
  /// are coarser.
  public func level(_ severity: Double) -> Double {
    guard kind == .quantization, let bits = Int(exactly: severity), bits > 0 else {
      return severity
    }
    return 1 / Quantizer.largestCode(bits: bits)
  }
}

extension WeightPerturbation.Kind {
  /// Whether units of the sheet are silenced.
  public var isLesion: Bool {
    switch self {
    case .lesionRandom, .lesionPatch, .lesionSelective: true
    default: false
    }
  }

  /// Whether units of the sheet are stimulated.
  public var isStimulation: Bool { self == .stimulationPatch || self == .stimulationRandom }

  /// Whether units of the sheet are changed, not weights of layers.
  public var isOfUnits: Bool { isLesion || isStimulation }

  /// Whether the units are patches around centers.
  public var hasCenters: Bool { self == .lesionPatch || self == .stimulationPatch }

  /// Whether draws differ in random numbers. Other kinds need one draw; but the draws of patches
  /// are the centers, and those of `lesionSelective` the classes.
  public var isRandom: Bool {
    switch self {
    case .pruning, .pruningGlobal, .quantization, .lesionPatch, .lesionSelective,
      .stimulationPatch:
      false
    default: true
    }
  }

  /// The default severities, from the weakest perturbation to the strongest, without 0.
  public var severities: [Double] {
    switch self {
    case .additiveRelative, .multiplicative: [0.1, 0.25, 0.5, 0.75, 1, 1.5, 2]
    case .additiveAbsolute: [0.01, 0.02, 0.05, 0.1, 0.2, 0.5]
    case .additiveMaximum: [0.01, 0.02, 0.05, 0.1, 0.15, 0.2]
    case .zeroing: [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]
    case .pruning, .pruningGlobal: [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95]
    case .lesionRandom, .lesionPatch: [0.05, 0.1, 0.2, 0.3, 0.4, 0.6, 0.8]
    case .lesionSelective: [6, 12, 24]
    case .stimulationPatch, .stimulationRandom: [0.5, 1, 2, 4]
    case .quantization: [8, 6, 5, 4, 3, 2]
    case .bitFlips, .bitFlipsInt8: [1e-6, 1e-5, 1e-4, 1e-3, 1e-2]
    }
  }

  /// What the perturbation does, in one line without a full stop.
  public var summary: String {
    switch self {
    case .additiveRelative:
      "normal noise on each weight, in standard deviations of the layer's weights"
    case .additiveAbsolute: "normal noise of this standard deviation on each weight"
    case .additiveMaximum:
      "normal noise on each weight, as a share of the layer's largest weight"
    case .multiplicative: "each weight times 1 plus normal noise of this standard deviation"
    case .zeroing: "this share of each layer's weights set to 0, drawn at random"
    case .pruning: "this share of each layer's weights set to 0, the smallest in magnitude"
    case .pruningGlobal:
      "this share of the weights of all layers together set to 0, the smallest in magnitude"
    case .lesionRandom: "this share of the sheet's units silenced, drawn at random"
    case .lesionPatch: "this share of the sheet's units silenced, those nearest to a center"
    case .lesionSelective: "this many units silenced, the most selective ones for a class"
    case .stimulationPatch:
      "this many standard deviations added to the responses of the units nearest to a center"
    case .stimulationRandom:
      "this many standard deviations added to the responses of units that are drawn at random"
    case .quantization: "weights rounded to this many bits, symmetric around 0, by layer"
    case .bitFlips: "each bit of each weight flipped with this probability (float32)"
    case .bitFlipsInt8:
      "each bit of each weight flipped with this probability, after rounding to 8 bits"
    }
  }

  /// The publication that defines the perturbation, or a note if there is none.
  public var reference: String {
    switch self {
    case .additiveMaximum:
      "noise of analog memory, Joshi et al. 2020, arXiv 1906.03138"
    case .pruning, .pruningGlobal: "magnitude pruning, Han et al. 2015, arXiv 1506.02626"
    case .quantization: "uniform symmetric quantization, Krishnamoorthi 2018, arXiv 1806.08342"
    case .lesionSelective: "average precision as scikit-learn defines it"
    default: "defined by this project"
    }
  }

  /// A number that gives each kind its own random numbers. Results depend on it, so codes must
  /// never change.
  var code: UInt32 {
    switch self {
    case .additiveRelative: 1
    case .additiveAbsolute: 2
    case .multiplicative: 3
    case .zeroing: 4
    case .pruning: 5
    case .pruningGlobal: 6
    case .lesionRandom: 7
    case .lesionPatch: 8
    case .lesionSelective: 9
    case .quantization: 10
    case .bitFlips: 11
    case .bitFlipsInt8: 12
    case .additiveMaximum: 13
    case .stimulationPatch: 14
    case .stimulationRandom: 15
    }
  }
}
