import Foundation
import Testing
import TopoFoundation
import TopoNetworks
import TopoPerturbations
import TopoSheets

@testable import TopoEvaluation

/// What weight perturbations make of weights, by known values.
@Suite("Weight perturbations") struct WeightPerturbationTests {
  static func network(seed: UInt64 = 3, rows: Int = 3, columns: Int = 4) throws -> StateDictionary {
    Initialization.pytorchDefault(
      try Architecture.preset(
        "cifar10", input: ImageShape(channels: 3, rows: 8, columns: 8),
        sheet: Sheet(rows: rows, columns: columns), classes: 4), seed: seed)
  }

  @Test("noise of ones") func noise() {
    let (weights, ones): ([Float], [Float]) = ([1, -1, 1, -1], [1, 1, 1, 1])
    #expect(Statistics.standardDeviation(weights) == 1)
    #expect(WeightArithmetic.add(ones, size: 0.5, to: weights) == [1.5, -0.5, 1.5, -0.5])
    #expect(
      WeightArithmetic.multiply(weights, noise: ones, size: 0.5) == [1.5, -1.5, 1.5, -1.5])
    #expect(Statistics.standardDeviation([2, 2, 5, 5] as [Float]) == 1.5)
    let largest = WeightArithmetic.largestMagnitude(weights)
    #expect(
      WeightArithmetic.add(ones, size: 0.5 * largest, to: weights) == [1.5, -0.5, 1.5, -0.5])
    #expect(WeightArithmetic.largestMagnitude([0.5, -3, 2]) == 3)
    #expect(WeightArithmetic.largestMagnitude([]) == 0)
  }

  @Test("pruning takes the smallest, the first on ties") func pruning() {
    func pruned(_ weights: [Float], _ share: Double) -> [Float] {
      let count = WeightArithmetic.number(share, of: weights.count)
      return WeightArithmetic.zero(WeightArithmetic.smallest(count, of: weights), of: weights)
    }
    #expect(pruned([0.1, -0.5, 0.3, -0.2], 0.5) == [0, -0.5, 0.3, 0])
    #expect(pruned([0.5, -0.5, 0.5, -0.5], 0.25) == [0, -0.5, 0.5, -0.5])
    #expect(pruned([0.1, -0.5, 0.3, -0.2], 1) == [0, 0, 0, 0])
    #expect(WeightArithmetic.number(0.5, of: 121) == 61)
  }

  @Test("pruning over all layers together") func pruningTogether() throws {
    var network = try Self.network()
    let parameters = try WeightLayers.dense.parameters(of: network.architecture)
    // The readout is far smaller: it goes first.
    let readout = parameters[1]
    network.replace(readout, with: network.tensors[readout].map { $0 * 1e-6 })
    let total = parameters.reduce(0) { $0 + network.tensors[$1].count }
    let share = Double(network.tensors[readout].count + 10) / Double(total)
    let copy = try WeightPerturbation(.pruningGlobal, layers: .dense).apply(
      to: network, severity: share, draw: 0, seed: 0)
    #expect(copy.tensors[readout].allSatisfy { $0 == 0 })
    #expect(copy.tensors[parameters[0]].count { $0 == 0 } == 10)
    let apart = try WeightPerturbation(.pruning, layers: .dense).apply(
      to: network, severity: 0.5, draw: 0, seed: 0)
    for parameter in parameters {
      let count = WeightArithmetic.number(0.5, of: network.tensors[parameter].count)
      #expect(apart.tensors[parameter].count { $0 == 0 } == count)
    }
  }

  @Test("codes of quantization") func codes() {
    let weights: [Float] = [-0.5, 0.1, 0.25, 1]
    for (bits, codes) in [(8, [-64, 13, 32, 127]), (4, [-4, 1, 2, 7])] {
      let quantizer = Quantizer(weights, bits: bits)
      #expect(weights.map(quantizer.code) == codes, "\(bits) bits")
      #expect(quantizer.weight(quantizer.code(1)) == 1)
    }
    #expect(Quantizer(weights, bits: 8).weight(-64) == Float(-64.0 / 127))
    #expect(Quantizer.quantized([0, 0], bits: 2) == [0, 0])
    #expect(Quantizer.quantized(weights, bits: 2) == [0, 0, 0, 1])
    #expect(Quantizer.quantized([-0.51, 0.1, 0.25, 1], bits: 2) == [-1, 0, 0, 1])
  }

  @Test("flips of single bits") func flips() {
    #expect(BitFlips.flip(1, 1 << 31) == -1)
    #expect(BitFlips.flip(1, 1 << 30) == .infinity)
    #expect(BitFlips.flip(1, 1 << 29) == 0x1p-64)
    #expect(abs(Double(BitFlips.flip(1, 1 << 29)) / 5.421e-20 - 1) < 1e-4)
    #expect(BitFlips.flip(1, 1 << 23) == 0.5)
    #expect(BitFlips.flip(1, 1 << 22) == 1.5)
  }

  @Test("how often bits are flipped") func flipRate() {
    let weights = [Float](repeating: 1, count: 20_000)
    for probability in [1e-3, 0.25] {
      let flips = BitFlips(probability: probability, source: Philox(seed: 1, purpose: .test))
      let bits = flips.flipped(weights).map { $0.bitPattern ^ Float(1).bitPattern }
      let wanted = probability * Double(32 * weights.count)
      let count = bits.reduce(0) { $0 + $1.nonzeroBitCount }
      #expect(abs(Double(count) - wanted) < 5 * wanted.squareRoot(), "\(probability): \(count)")
      // Every bit has its turn.
      #expect(probability < 0.1 || bits.reduce(0, |) == .max)
    }
    let never = BitFlips(probability: 0, source: Philox(seed: 1, purpose: .test))
    #expect(never.flipped(weights) == weights)
    let always = BitFlips(probability: 1, source: Philox(seed: 1, purpose: .test))
    #expect(always.flipped([1]) == [Float(bitPattern: ~Float(1).bitPattern)])
    // All bits of code 127 flipped: -128.
    #expect(always.flippedCodes([1]) == [Float(-128.0 / 127)])
    #expect(never.flippedCodes([1, 0.1]) == [1, Float(13.0 / 127)])
  }

  @Test("patches") func patches() {
    let sheet = Sheet(rows: 11, columns: 11)
    #expect(
      UnitLesion.patch(9, around: 60, in: sheet).sorted() == [48, 49, 50, 59, 60, 61, 70, 71, 72])
    #expect(UnitLesion.patch(4, around: 0, in: sheet).sorted() == [0, 1, 11, 12])
    #expect(UnitLesion.patch(1, around: 120, in: sheet) == [120])
    #expect(UnitLesion.patch(121, around: 7, in: sheet).sorted() == Array(0..<121))
    // Four neighbors are as near: the first ones by index.
    #expect(UnitLesion.patch(3, around: 60, in: sheet) == [60, 49, 59])
  }

  @Test("centers of patches are different units, the same whatever else is drawn")
  func centers() {
    let sheet = Sheet(rows: 11, columns: 11)
    #expect(WeightPerturbation.centers(nil, of: sheet, seed: 5) == Array(0..<121))
    let some = WeightPerturbation.centers(20, of: sheet, seed: 5)
    #expect(Set(some).count == 20 && some == some.sorted() && some.allSatisfy { $0 < 121 })
    #expect(WeightPerturbation.centers(20, of: sheet, seed: 6) != some)
    #expect(WeightPerturbation.centers(500, of: sheet, seed: 5) == Array(0..<121))
  }

  @Test("lesions silence columns of the weight that reads the sheet") func lesions() throws {
    let network = try Self.network()
    let reader = try WeightPerturbation(.lesionRandom).parameters(of: network.architecture)
    #expect(reader.map { network.architecture.parameters[$0].name } == ["fc2.weight"])
    let units = network.architecture.sheet.units
    for (kind, severity, draw, count) in [
      (WeightPerturbation.Kind.lesionRandom, 0.25, 3, 3), (.lesionPatch, 0.25, 5, 3),
      (.lesionRandom, 1, 0, 12),
    ] {
      let copy = try WeightPerturbation(kind).apply(
        to: network, severity: severity, draw: draw, seed: 1)
      for (index, tensor) in copy.tensors.enumerated() where index != reader[0] {
        #expect(tensor == network.tensors[index])
      }
      let weight = copy.tensors[reader[0]]
      let silent = (0..<units).filter { unit in
        stride(from: unit, to: weight.count, by: units).allSatisfy { weight[$0] == 0 }
      }
      #expect(silent.count == count && weight.count { $0 == 0 } == count * 4, "\(kind)")
      if kind == .lesionPatch { #expect(silent == [1, 4, 5]) }
    }
  }

  @Test("exactly so many weights are zeroed, others stay") func zeroing() throws {
    let network = try Self.network()
    let parameter = network.architecture.sheetWeightIndex
    let before = network.tensors[parameter]
    var seen: Set<[Int]> = []
    for draw in 0..<3 {
      let after = try WeightPerturbation(.zeroing).apply(
        to: network, severity: 0.3, draw: draw, seed: 0
      ).tensors[parameter]
      let zeros = after.indices.filter { after[$0] == 0 }
      #expect(zeros.count == WeightArithmetic.number(0.3, of: before.count))
      #expect(after.indices.allSatisfy { after[$0] == 0 || after[$0] == before[$0] })
      seen.insert(zeros)
    }
    #expect(seen.count == 3)
  }

  /// Draws are a function of seed, kind, severity, draw and place: for another network of the
  /// architecture, and for a layer beside others, the same.
  @Test("draws are the same for every network and layer set") func draws() throws {
    let (first, second) = (try Self.network(seed: 1), try Self.network(seed: 2))
    let parameter = first.architecture.sheetWeightIndex
    func noise(
      _ network: StateDictionary, _ layers: WeightLayers = .topographic, severity: Double = 0.5,
      draw: Int = 0, seed: UInt64 = 0
    ) throws -> [Float] {
      let copy = try WeightPerturbation(.additiveAbsolute, layers: layers).apply(
        to: network, severity: severity, draw: draw, seed: seed)
      return zip(copy.tensors[parameter], network.tensors[parameter]).map {
        Float(((Double($0) - Double($1)) / severity * 1e4).rounded())
      }
    }
    let wanted = try noise(first)
    let other = try noise(second)
    #expect(zip(wanted, other).allSatisfy { abs($0 - $1) <= 1 })
    #expect(try noise(first, .dense) == wanted)
    #expect(try noise(first, .all) == wanted)
    #expect(try noise(first, .named("fc1")) == wanted)
    #expect(try noise(first, draw: 1) != wanted)
    #expect(try noise(first, seed: 1) != wanted)
    #expect(try noise(first, severity: 0.25) != wanted)
    // Standard normal.
    let mean = wanted.reduce(0, +) / Float(wanted.count) / 1e4
    let standardDeviation = Statistics.standardDeviation(wanted) / 1e4
    #expect(abs(mean) < 0.08 && abs(standardDeviation - 1) < 0.06)
  }

  @Test("severity 0 changes nothing, others change what they name") func places() throws {
    let network = try Self.network()
    let selectivity = UnitSelectivity(
      sheet: (0..<24).map { Float($0 % 5) }, labels: [0, 1], classes: 4)
    for kind in WeightPerturbation.Kind.allCases {
      for layers in WeightLayers.standard + [.named("conv2")] {
        let perturbation = WeightPerturbation(kind, layers: layers)
        func apply(_ severity: Double) throws -> StateDictionary {
          try perturbation.apply(
            to: network, severity: severity, draw: 0, seed: 4, selectivity: selectivity,
            standardDeviations: [Double](repeating: 1, count: 12))
        }
        #expect(try apply(0) == network)
        let most = kind == .lesionSelective ? 2 : kind.severities.last ?? 0
        let copy = try apply(most)
        let changed = network.tensors.indices.filter { copy.tensors[$0] != network.tensors[$0] }
        let wanted = try perturbation.parameters(of: network.architecture)
        if kind == .pruningGlobal {
          #expect(Set(changed).isSubset(of: wanted) && !changed.isEmpty, "\(perturbation.label)")
        } else {
          #expect(changed == wanted, "\(perturbation.label)")
        }
      }
    }
  }

  @Test("noise relative to the largest weight of each layer") func largestWeights() throws {
    let network = try Self.network()
    let copy = try WeightPerturbation(.additiveMaximum, layers: .dense).apply(
      to: network, severity: 0.1, draw: 0, seed: 0)
    for parameter in try WeightLayers.dense.parameters(of: network.architecture) {
      let (before, after) = (network.tensors[parameter], copy.tensors[parameter])
      let largest = Double(before.map(abs).max() ?? 0)
      let noise = zip(before, after).map { (Double($1) - Double($0)) / largest }
      let size = (noise.reduce(0) { $0 + $1 * $1 } / Double(noise.count)).squareRoot()
      // Standard errors of a standard deviation.
      #expect(abs(size / 0.1 - 1) < 4 / Double(2 * noise.count).squareRoot(), "\(size)")
    }
  }

  @Test("layer sets") func layers() throws {
    let architecture = try Self.network().architecture
    func names(_ layers: WeightLayers) throws -> [String] {
      try layers.parameters(of: architecture).map { architecture.parameters[$0].name }
    }
    #expect(try names(.topographic) == ["fc1.weight"])
    #expect(try names(.readout) == ["fc2.weight"])
    #expect(try names(.dense) == ["fc1.weight", "fc2.weight"])
    #expect(
      try names(.all) == [
        "conv1.weight", "conv2.weight", "conv3.weight", "conv4.weight", "fc1.weight", "fc2.weight",
      ])
    #expect(try names(WeightLayers("conv3")) == ["conv3.weight"])
    let error = #expect(throws: UserError.self) { _ = try names(.named("bn1")) }
    #expect(error?.description.contains("conv4, fc1, fc2") == true)
    #expect(throws: UserError.self) { _ = try WeightLayers("") }
    #expect(throws: UserError.self) { _ = try WeightLayers("a b") }
  }
}
