import TopoFoundation
import TopoNetworks
import TopoPerturbations
import TopoSheets

extension WeightPerturbation {
  /// A damaged copy of a network.
  ///
  /// What is drawn is a function of the seed, the kind, the severity, the draw and the weight's
  /// place in the architecture: the same for every network of one architecture, and for a layer
  /// the same whichever other layers are perturbed with it.
  /// - Parameters:
  ///   - severity: one that `check` lets pass; 0 leaves the network as it is.
  ///   - draw: number of the draw; for a patch the unit at its centre, for selective lesions the
  ///     class.
  ///   - seed: shared by all models.
  ///   - selectivity: of the network's units, for selective lesions, which need it.
  /// - Throws: `UserError` where the architecture has no such layer.
  public func apply(
    to network: StateDictionary, severity: Double, draw: Int, seed: UInt64,
    selectivity: UnitSelectivity? = nil
  ) throws -> StateDictionary {
    if severity == 0 { return network }
    var copy = network
    let architecture = network.architecture
    let parameters = try parameters(of: architecture)
    if kind == .pruningGlobal {
      prune(parameters, of: &copy, share: severity)
      return copy
    }
    for parameter in parameters {
      let weights = network.tensors[parameter]
      func source() -> Philox {
        self.source(seed: seed, severity: severity, draw: draw, parameter: parameter)
      }
      func noise() -> [Float] { NormalNoise(source()).numbers(weights.count) }
      func count() -> Int { WeightArithmetic.number(severity, of: weights.count) }
      let changed =
        switch kind {
        case .additiveRelative:
          WeightArithmetic.add(
            noise(), size: severity * Statistics.standardDeviation(weights), to: weights)
        case .additiveAbsolute: WeightArithmetic.add(noise(), size: severity, to: weights)
        case .multiplicative:
          WeightArithmetic.multiply(weights, noise: noise(), size: severity)
        case .zeroing:
          WeightArithmetic.zero(
            WeightArithmetic.distinct(count(), below: weights.count, source: source()),
            of: weights)
        case .pruning, .pruningGlobal:
          WeightArithmetic.zero(WeightArithmetic.smallest(count(), of: weights), of: weights)
        case .lesionRandom, .lesionPatch, .lesionSelective:
          UnitLesion.silence(
            units(
              of: architecture.sheet, severity: severity, draw: draw, source: source(),
              selectivity: selectivity),
            in: weights, of: architecture.sheet.units)
        case .quantization: Quantizer.quantized(weights, bits: Int(severity))
        case .bitFlips: BitFlips(probability: severity, source: source()).flipped(weights)
        case .bitFlipsInt8:
          BitFlips(probability: severity, source: source()).flippedCodes(weights)
        }
      copy.replace(parameter, with: changed)
    }
    return copy
  }

  /// The units that a lesion silences.
  private func units(
    of sheet: Sheet, severity: Double, draw: Int, source: @autoclosure () -> Philox,
    selectivity: UnitSelectivity?
  ) -> [Int] {
    let share = { WeightArithmetic.number(severity, of: sheet.units) }
    switch kind {
    case .lesionPatch: return UnitLesion.patch(share(), around: draw, in: sheet)
    case .lesionSelective:
      guard let selectivity else { preconditionFailure("selective lesions need a selectivity") }
      return Array(selectivity.ranking(ofClass: draw).prefix(Int(severity)))
    default:
      return WeightArithmetic.distinct(share(), below: sheet.units, source: source())
    }
  }

  /// Zeroes the smallest weights of all layers together.
  private func prune(_ parameters: [Int], of copy: inout StateDictionary, share: Double) {
    let all = parameters.flatMap { copy.tensors[$0] }
    let pruned = WeightArithmetic.zero(
      WeightArithmetic.smallest(WeightArithmetic.number(share, of: all.count), of: all), of: all)
    var start = 0
    for parameter in parameters {
      let end = start + copy.tensors[parameter].count
      copy.replace(parameter, with: Array(pruned[start..<end]))
      start = end
    }
  }

  /// The random numbers of one draw for one tensor of the architecture.
  ///
  /// Two blocks make the key: words of the severity's bit pattern (stream: the kind's code) under
  /// the seed, then words of the tensor's index (stream: the draw) under those.
  func source(seed: UInt64, severity: Double, draw: Int, parameter: Int) -> Philox {
    Philox(seed: seed, purpose: .weightPerturbation, stream: kind.code)
      .subsequence(at: severity.bitPattern, stream: UInt32(truncatingIfNeeded: draw))
      .subsequence(at: UInt64(parameter))
  }

  /// The centers of patches: all units, or so many of them drawn without replacement, ascending.
  /// They are the same at every severity.
  static func centers(_ count: Int?, of sheet: Sheet, seed: UInt64) -> [Int] {
    guard let count, count < sheet.units else { return Array(0..<sheet.units) }
    let source = WeightPerturbation(.lesionPatch).source(
      seed: seed, severity: 0, draw: 0, parameter: 0)
    return WeightArithmetic.distinct(count, below: sheet.units, source: source).sorted()
  }
}
