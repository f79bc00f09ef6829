import TopoFoundation
import TopoNetworks
import TopoPerturbations

/// A way to damage a trained network: its weights, or the units of its sheet. A copy of the network
/// is damaged, and shown the images as they are.
///
/// Kinds and severities follow the usual tests of trained networks (noise on weights, pruning,
/// quantisation, bit errors, lesions). The random numbers are the same for all models of one
/// architecture, so models can be compared draw by draw.
public struct WeightPerturbation: Sendable, Hashable, Codable {
  /// The kinds; raw values are their names on the command line.
  public enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
    /// `w + s d e`: `d` the population standard deviation of the layer's weights, `e` standard
    /// normal.
    case additiveRelative = "additive-relative"
    /// `w + s e`
    case additiveAbsolute = "additive-absolute"
    /// `w (1 + s e)`
    case multiplicative
    /// `round(s n)` of a layer's `n` weights, drawn without replacement, become 0.
    case zeroing
    /// The `round(s n)` weights of a layer that are smallest in magnitude become 0, the first ones
    /// on ties.
    case pruning
    /// As `pruning`, over the weights of all layers together.
    case pruningGlobal = "pruning-global"
    /// `round(s N)` of the sheet's `N` units, drawn without replacement, give 0.
    case lesionRandom = "lesion/random"
    /// The `round(s N)` units nearest to a centre give 0: Euclidean distance, the first ones on
    /// ties, the centre included.
    case lesionPatch = "lesion/patch"
    /// The `s` units that tell a class best from the others give 0, class by class.
    case lesionSelective = "lesion/selective"
    /// Symmetric quantisation of each layer to `s` bits.
    case quantization
    /// Each bit of each weight's float32 is flipped with probability `s`.
    case bitFlips = "bit-flips"
    /// Each bit of each weight's code is flipped with probability `s`, after quantisation to 8 bits.
    case bitFlipsInt8 = "bit-flips-int8"
  }

  /// What is done.
  public var kind: Kind
  /// Whose weights; lesions damage units and have none, `topographic` by convention.
  public let layers: WeightLayers

  /// A perturbation of some layers.
  public init(_ kind: Kind, layers: WeightLayers = .topographic) {
    self.kind = kind
    self.layers = kind.isLesion ? .topographic : layers
  }

  /// The name in records: `weights/additive-relative/topographic`, `lesion/patch`.
  public var label: String {
    kind.isLesion ? kind.rawValue : "weights/\(kind.rawValue)/\(layers.label)"
  }

  /// Indices in `architecture.parameters` of the tensors that change, ascending; for a lesion, the
  /// weight that reads the sheet.
  /// - Throws: `UserError` where the architecture has no such layer.
  public func parameters(of architecture: Architecture) throws -> [Int] {
    guard kind.isLesion else { return try layers.parameters(of: architecture) }
    let reader = architecture.parameters.firstIndex {
      $0.role == .weight && $0.layer > architecture.sheetIndex
    }
    return reader.map { [$0] } ?? []
  }

  /// Checks that networks can be damaged at a severity. Severity 0 leaves them as they are and
  /// always passes.
  /// - Throws: `UserError` that names what is valid.
  public func check(severity: Double, architecture: Architecture? = nil) throws {
    guard severity.isFinite, severity >= 0 else {
      throw UserError(
        "the level \(severity) of \(label) is out of range: levels are 0 or more")
    }
    if severity == 0 { return }
    switch kind {
    case .additiveRelative, .additiveAbsolute, .multiplicative: break
    case .zeroing, .pruning, .pruningGlobal, .lesionRandom, .lesionPatch, .bitFlips,
      .bitFlipsInt8:
      guard severity <= 1 else {
        throw UserError(
          "the level \(severity) of \(label) is out of range: levels go from 0 to 1")
      }
    case .quantization:
      guard let bits = Int(exactly: severity), Quantizer.bits.contains(bits) else {
        throw UserError(
          "the level \(severity) of \(label) is not possible: it is a number of bits from "
            + "\(Quantizer.bits.lowerBound) to \(Quantizer.bits.upperBound), or 0 for none")
      }
    case .lesionSelective:
      let most = architecture?.sheet.units ?? Int(Int32.max)
      guard severity == severity.rounded(), severity <= Double(most) else {
        throw UserError(
          "the level \(severity) of \(label) is not possible: it is a number of units"
            + (architecture.map { ", of which architecture \($0.name) has \(most)." } ?? ""))
      }
    }
  }

  /// What a severity means for curves over it: itself, but for quantisation the step between two
  /// codes in units of the largest weight, `1 / (2^(bits - 1) - 1)`, so that 0 is no quantisation
  /// and curves fall.
  public func strength(_ severity: Double) -> Double {
    guard kind == .quantization, let bits = Int(exactly: severity), bits > 0 else {
      return severity
    }
    return 1 / Quantizer.largestCode(bits: bits)
  }
}

extension WeightPerturbation.Kind {
  /// Whether units of the sheet are silenced rather than weights changed.
  public var isLesion: Bool {
    switch self {
    case .lesionRandom, .lesionPatch, .lesionSelective: true
    default: false
    }
  }

  /// Whether draws differ by chance alone; one is enough where they do not. The draws of a patch
  /// are its centers, those of selective lesions the classes.
  public var isRandom: Bool {
    switch self {
    case .pruning, .pruningGlobal, .quantization, .lesionPatch, .lesionSelective: false
    default: true
    }
  }

  /// Severities that are evaluated where nothing else is asked for, from the least damage to the
  /// most, without 0.
  public var severities: [Double] {
    switch self {
    case .additiveRelative, .multiplicative: [0.1, 0.25, 0.5, 0.75, 1, 1.5, 2]
    case .additiveAbsolute: [0.01, 0.02, 0.05, 0.1, 0.2, 0.5]
    case .zeroing: [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]
    case .pruning, .pruningGlobal: [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95]
    case .lesionRandom, .lesionPatch: [0.05, 0.1, 0.2, 0.3, 0.4, 0.6, 0.8]
    case .lesionSelective: [6, 12, 24]
    case .quantization: [8, 6, 5, 4, 3, 2]
    case .bitFlips, .bitFlipsInt8: [1e-6, 1e-5, 1e-4, 1e-3, 1e-2]
    }
  }

  /// What it does, in one line without a full stop.
  public var summary: String {
    switch self {
    case .additiveRelative:
      "normal noise on each weight, in standard deviations of the layer's weights"
    case .additiveAbsolute: "normal noise of this standard deviation on each weight"
    case .multiplicative: "each weight times 1 plus normal noise of this standard deviation"
    case .zeroing: "this share of each layer's weights set to 0, drawn at random"
    case .pruning: "this share of each layer's weights set to 0, the smallest in magnitude"
    case .pruningGlobal:
      "this share of the weights of all layers together set to 0, the smallest in magnitude"
    case .lesionRandom: "this share of the sheet's units silenced, drawn at random"
    case .lesionPatch: "this share of the sheet's units silenced, those nearest to a centre"
    case .lesionSelective: "this many units silenced, those that tell a class best from the others"
    case .quantization: "weights rounded to this many bits, symmetric around 0, by layer"
    case .bitFlips: "each bit of each weight flipped with this probability (float32)"
    case .bitFlipsInt8:
      "each bit of each weight flipped with this probability, after rounding to 8 bits"
    }
  }

  /// Where its definition comes from.
  public var reference: String {
    switch self {
    case .pruning, .pruningGlobal: "magnitude pruning, Han et al. 2015, arXiv 1506.02626"
    case .quantization: "uniform symmetric quantisation, Krishnamoorthi 2018, arXiv 1806.08342"
    case .lesionSelective: "average precision as scikit-learn defines it"
    default: "defined by this project"
    }
  }

  /// Tells the kinds' random numbers apart: part of what makes results reproducible, never to be
  /// renumbered.
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
    }
  }
}
