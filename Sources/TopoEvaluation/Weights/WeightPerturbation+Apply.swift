import TopoFoundation
import TopoNetworks
import TopoPerturbations
import TopoSheets

extension WeightPerturbation {
  /// A perturbed copy of a network.
  ///
  /// The random numbers depend only on the seed, the kind, the severity, the draw and the position
  /// of the weight in the architecture. They are the same for every network of an architecture, and
  /// for a layer they do not depend on the other layers that are perturbed.
  /// - Parameters:
  ///   - network: the unperturbed network.
  ///   - severity: a severity that `check` accepts; 0 returns the network unchanged.
  ///   - draw: number of the draw; the unit at the center of a patch; the class of a selective
  ///     lesion.
  ///   - seed: the seed, the same for all models.
  ///   - selectivity: selectivity of the network's units; selective lesions need it.
  ///   - standardDeviations: by unit, the standard deviation over images of its response before
  ///     ReLU; stimulations need it.
  /// - Throws: `UserError` if the architecture has no such layer.
  public func apply(
    to network: StateDictionary, severity: Double, draw: Int, seed: UInt64,
    selectivity: UnitSelectivity? = nil, standardDeviations: [Double]? = nil
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
        case .additiveMaximum:
          WeightArithmetic.add(
            noise(), size: severity * WeightArithmetic.largestMagnitude(weights), to: weights)
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
        case .stimulationPatch, .stimulationRandom:
          UnitStimulation.shifted(
            weights,
            units(
              of: architecture.sheet, severity: severity, draw: draw,
              // The same units at every severity.
              source: self.source(seed: seed, severity: 0, draw: draw, parameter: parameter),
              selectivity: nil),
            by: severity, of: standardDeviations)
        case .quantization: Quantizer.quantized(weights, bits: Int(severity))
        case .bitFlips: BitFlips(probability: severity, source: source()).flipped(weights)
        case .bitFlipsInt8:
          BitFlips(probability: severity, source: source()).flippedCodes(weights)
        }
      copy.replace(parameter, with: changed)
    }
    return copy
  }

  /// The units that a lesion silences or that are stimulated.
  private func units(
    of sheet: Sheet, severity: Double, draw: Int, source: @autoclosure () -> Philox,
    selectivity: UnitSelectivity?
  ) -> [Int] {
    let share = { WeightArithmetic.number(severity, of: sheet.units) }
    switch kind {
    case .lesionPatch: return UnitLesion.patch(share(), around: draw, in: sheet)
    case .stimulationPatch:
      return UnitLesion.patch(UnitStimulation.count(of: sheet), around: draw, in: sheet)
    case .stimulationRandom:
      return WeightArithmetic.distinct(
        UnitStimulation.count(of: sheet), below: sheet.units, source: source())
    case .lesionSelective:
      guard let selectivity else { preconditionFailure("selective lesions need a selectivity") }
      return Array(selectivity.ranking(ofClass: draw).prefix(Int(severity)))
    default:
      return WeightArithmetic.distinct(share(), below: sheet.units, source: source())
    }
  }

  /// Sets the smallest weights of all layers together to 0.
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
  /// The key comes from two blocks. The first has the key `seed`, the bit pattern of the severity
  /// as the position, and the code of the kind as the stream. Its words are the key of the second,
  /// with the index of the tensor as the position and the draw as the stream.
  func source(seed: UInt64, severity: Double, draw: Int, parameter: Int) -> Philox {
    Philox(seed: seed, purpose: .weightPerturbation, stream: kind.code)
      .subsequence(at: severity.bitPattern, stream: UInt32(truncatingIfNeeded: draw))
      .subsequence(at: UInt64(parameter))
  }

  /// The centers of patches in ascending order: all units, or `count` of them drawn without
  /// replacement. They are the same at every severity, for lesions and stimulations.
  static func centers(_ count: Int?, of sheet: Sheet, seed: UInt64) -> [Int] {
    guard let count, count < sheet.units else { return Array(0..<sheet.units) }
    let source = WeightPerturbation(.lesionPatch).source(
      seed: seed, severity: 0, draw: 0, parameter: 0)
    return WeightArithmetic.distinct(count, below: sheet.units, source: source).sorted()
  }
}
