import Foundation
import Testing
import TopoCompute
import TopoData
import TopoFoundation
import TopoNetworks
import TopoSheets

@testable import TopoEvaluation

/// Stimulated units, and how the probabilities of classes change.
@Suite("Stimulation", .serialized) struct StimulationTests {
  private static let sheet = Sheet(rows: 11, columns: 11)

  private func network() throws -> StateDictionary {
    Initialization.pytorchDefault(try Architecture.mnist(sheet: Self.sheet), seed: 3)
  }

  private let spreads = (0..<121).map { 1 + Double($0) / 8 }

  /// The units whose bias differs, with the difference.
  private func shifts(
    _ kind: WeightPerturbation.Kind, severity: Double, draw: Int, seed: UInt64 = 1,
    _ spreads: [Double]? = nil
  ) throws -> [Int: Double] {
    let network = try network()
    let copy = try WeightPerturbation(kind).apply(
      to: network, severity: severity, draw: draw, seed: seed,
      standardDeviations: spreads ?? self.spreads)
    let names = network.architecture.parameters.map(\.name)
    for (index, tensor) in copy.tensors.enumerated() where names[index] != "fc1.bias" {
      #expect(tensor == network.tensors[index], "\(names[index])")
    }
    let (before, after) = (network["fc1.bias"] ?? [], copy["fc1.bias"] ?? [])
    return before.indices.reduce(into: [:]) { found, unit in
      if before[unit] != after[unit] { found[unit] = Double(after[unit]) - Double(before[unit]) }
    }
  }

  @Test("nine of 121 units, the same share of other sheets, at least one") func counts() {
    for (rows, columns, count) in [(11, 11, 9), (3, 4, 1), (1, 1, 1), (1, 5, 1), (64, 64, 305)] {
      #expect(UnitStimulation.count(of: Sheet(rows: rows, columns: columns)) == count)
    }
  }

  @Test("each unit of a patch gets so many of its own standard deviations") func patch() throws {
    for severity in [0.5, 4] {
      let found = try shifts(.stimulationPatch, severity: severity, draw: 60)
      #expect(found.keys.sorted() == [48, 49, 50, 59, 60, 61, 70, 71, 72])
      for (unit, shift) in found { #expect(abs(shift - severity * spreads[unit]) < 1e-5) }
    }
  }

  @Test("random units are the same at every severity, other ones in every draw")
  func random() throws {
    let weak = try shifts(.stimulationRandom, severity: 0.5, draw: 2)
    let strong = try shifts(.stimulationRandom, severity: 4, draw: 2)
    #expect(weak.count == 9 && Set(weak.keys) == Set(strong.keys))
    #expect(try Set(shifts(.stimulationRandom, severity: 4, draw: 3).keys) != Set(weak.keys))
    #expect(
      try Set(shifts(.stimulationRandom, severity: 4, draw: 2, seed: 2).keys) != Set(weak.keys))
  }

  @Test("units that do not vary, or of a network that diverged, stay unchanged")
  func constant() throws {
    var spreads = self.spreads
    (spreads[48], spreads[49], spreads[50]) = (0, .nan, .infinity)
    let found = try shifts(.stimulationPatch, severity: 1, draw: 60, spreads)
    #expect(found.keys.sorted() == [59, 60, 61, 70, 71, 72])
  }

  // MARK: Probabilities

  @Test("mean probabilities: known values, rows that are not finite, no rows")
  func probabilities() {
    let third = Float(log(3.0))
    let measures = ClassificationMeasures(
      logits: [0, third, third, 0, 0, 0, .nan, 0], classes: 2, labels: [0, 0, 0, 0])
    let means = measures.meanProbabilities.compactMap(\.number)
    #expect(zip(means, [0.5, 0.5]).allSatisfy { abs($0 - $1) < 1e-7 } && means.count == 2)
    let one = ClassificationMeasures(logits: [0, third], classes: 2, labels: [0])
    #expect(abs((one.meanProbabilities[1].number ?? 0) - 0.75) < 1e-7)
    let changes = one.changes(from: measures)
    #expect(
      changes.map(\.measure) == [
        "probability-change-class-0", "probability-change-class-1", "largest-probability-change",
      ])
    for (change, wanted) in zip(changes, [-0.25, 0.25, 0.25]) {
      #expect(abs((change.value.number ?? 9) - wanted) < 1e-7)
    }
    let none = ClassificationMeasures(logits: [.infinity, 0], classes: 2, labels: [0])
    #expect(none.changes(from: one).allSatisfy { $0.value.reason == "no image has finite logits" })
    #expect(one.changes(from: none).allSatisfy { $0.value.reason == "no image has finite logits" })
  }

  private func evaluation(
    _ kinds: [WeightPerturbation.Kind], _ severities: [Double], images: ImageSet
  ) throws -> EvaluationTrial<WeightPart> {
    EvaluationTrial(
      try WeightPart(
        perturbations: kinds.map { WeightPerturbation($0) }, severities: severities, draws: 2,
        centers: 2, seed: 9), on: images)
  }

  /// A network of each architecture.
  private func models() throws -> [EvaluatedModel] {
    Array(try AttackEvaluationTests.models()[1...2])
  }

  /// The reference shows the images to a perturbed copy by the usual evaluator.
  @Test("changes are those of a network whose responses are shifted", arguments: [300, 1])
  func shifted(count: Int) throws {
    let (models, device) = (try models(), try CPUDevice(threads: 2))
    let images = AttackEvaluationTests.images(count)
    let evaluation = try evaluation([.stimulationPatch, .stimulationRandom], [2], images: images)
    let records = try evaluation.run(models, device: device)
    let pixels = images.images.map { ImageSet.unitValues[Int($0)] }
    for model in models {
      let network = model.network
      func outputs(_ network: StateDictionary) throws -> Evaluator.Outputs {
        try Evaluator(networks: [network], device: device).outputs(
          of: pixels, normalization: evaluation.normalization)
      }
      let clean = try outputs(network)
      let units = network.architecture.sheet.units
      let spreads = (0..<units).map { unit in
        Statistics.standardDeviation((0..<count).map { clean.sheet[0][$0 * units + unit] })
      }
      for kind in [WeightPerturbation.Kind.stimulationRandom, .stimulationPatch] {
        let label = WeightPerturbation(kind).label
        let own = records.filter {
          $0.network == model.identity && $0.perturbation == label && $0.severity == 2
        }
        let draw = own.map(\.draw).max() ?? 0
        let copy = try WeightPerturbation(kind).apply(
          to: network, severity: 2, draw: draw, seed: 9, standardDeviations: spreads)
        let after = try outputs(copy)
        let shifts = zip(after.sheet[0], clean.sheet[0]).map { $0 - $1 }
        let moved = (0..<units).filter { unit in
          (0..<count).contains { shifts[$0 * units + unit] != 0 }
        }
        #expect(moved.count == (count == 1 ? 0 : 1))
        for unit in moved {
          let errors = (0..<count).map {
            abs(Double(shifts[$0 * units + unit]) - 2 * spreads[unit])
          }
          #expect(errors.max() ?? 1 < 1e-5)
        }
        let wanted = ClassificationMeasures(
          logits: after.logits[0], classes: 4, labels: images.labels
        ).changes(
          from: ClassificationMeasures(logits: clean.logits[0], classes: 4, labels: images.labels))
        for (measure, value) in wanted {
          let found = own.filter { $0.measure == measure && $0.draw == draw }
          #expect(found.count == 1)
          let number = found.first?.value.number ?? .nan
          #expect(abs(number - (value.number ?? .nan)) < 1e-6, "\(label) \(measure)")
          if count == 1 { #expect(number == 0) }
        }
      }
    }
  }

  /// With all units silent, every image has the probabilities of the readout's biases. A class
  /// without images has changes, too.
  @Test("changes by a lesion of all units") func lesion() throws {
    let (models, device) = (try models(), try CPUDevice(threads: 2))
    var images = AttackEvaluationTests.images(100)
    images = ImageSet(
      images: images.images, labels: images.labels.map { $0 == 2 ? 3 : $0 }, shape: images.shape,
      classes: 4)
    let evaluation = try evaluation(
      [.lesionPatch, .lesionRandom, .zeroing], [1], images: images)
    let records = try evaluation.run(models, device: device)
    let changes = records.filter { $0.measure.hasPrefix("probability-change") }
    #expect(!changes.contains { $0.severity == 0 || $0.perturbation.hasPrefix("weights/") })
    for model in models {
      let biases = (model.network["fc2.bias"] ?? []).map { exp(Double($0)) }
      let clean = try Evaluator(networks: [model.network], device: device).outputs(
        of: images.images.map { ImageSet.unitValues[Int($0)] },
        normalization: evaluation.normalization)
      let means = ClassificationMeasures(
        logits: clean.logits[0], classes: 4, labels: images.labels
      ).meanProbabilities
      for label in 0..<4 {
        let own = changes.filter {
          $0.network == model.identity
            && $0.measure == MeasureName.probabilityChange(ofClass: label)
        }
        #expect(own.count == 4)
        let wanted = biases[label] / biases.reduce(0, +) - (means[label].number ?? .nan)
        #expect(own.allSatisfy { abs(($0.value.number ?? .nan) - wanted) < 1e-6 })
      }
    }
  }
}
