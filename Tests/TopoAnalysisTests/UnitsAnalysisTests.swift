import Foundation
import TestSupport
import Testing
import TopoFoundation
import TopoSheets

@testable import TopoAnalysis

@Suite("Measures of units") struct UnitsAnalysisTests {
  private func close(_ value: MeasuredValue?, _ expected: Double, _ tolerance: Double = 1e-10)
    -> Bool
  {
    abs((value?.number ?? .infinity) - expected) < tolerance
  }

  /// Made-up responses, dense `[image, unit]`.
  private func random(_ images: Int, _ units: Int, seed: UInt64 = 1) -> [Float] {
    var random = RandomSequence(Philox(seed: seed, purpose: .test))
    return (0..<images * units).map { _ in Float(random.next(below: 2001)) / 1000 - 1 }
  }

  @Test("variance and its companions: the values of the specification") func variance() {
    let spread = ActivationVariance(
      Activations([0, 2, 1, 3], units: 1), labels: ClassLabels([0, 0, 1, 1]))
    #expect(spread.variances == [1.25])
    #expect(close(spread.etaSquared[0], 0.2, 1e-15))
    #expect(close(spread.relative[0], 1.25 / 3.5, 1e-15))
    #expect(close(spread.squaredVariation[0], 1.25 / 2.25, 1e-15))
  }

  @Test("scale-free companions of variance do not depend on the scale") func scale() {
    let values = random(40, 3).map { abs($0) }
    let labels = ClassLabels((0..<40).map { Int32($0 % 3) }, classes: 5)
    let plain = ActivationVariance(Activations(values, units: 3), labels: labels)
    let scaled = ActivationVariance(
      Activations(values.map { $0 * 8 }, units: 3), labels: labels)
    #expect(plain.relative == scaled.relative && plain.etaSquared == scaled.etaSquared)
    #expect(plain.squaredVariation == scaled.squaredVariation)
    #expect(zip(plain.variances, scaled.variances).allSatisfy { $0 * 64 == $1 })
  }

  @Test("sparseness: the values of the specification") func sparseness() {
    for (responses, share, sparse) in [
      ([4.0, 0, 0, 0], 0.25, 1.0), ([1, 1, 1, 1], 1, 0), ([1, 2, 3, 4], 5.0 / 6, 2.0 / 9),
    ] {
      let found = Sparseness(responses)
      #expect(close(found.trevesRolls, share, 1e-15) && close(found.vinjeGallant, sparse, 1e-15))
    }
    #expect(Sparseness([0, 0]).trevesRolls.reason == "all responses are 0")
    #expect(Sparseness([2]).trevesRolls == .value(1) && Sparseness([2]).vinjeGallant.number == nil)
  }

  @Test("entropies: the values of the specification") func entropies() {
    #expect(abs(ResponseEntropy.ofCounts([2, 1, 1]) - 1.0397207708) < 1e-10)
    #expect(abs(ResponseEntropy.ofHistogram([0, 0, 16, 31]) - 1.0397207708) < 1e-10)
    #expect(ResponseEntropy.ofHistogram([3, 3, 3]) == 0 && ResponseEntropy.ofHistogram([]) == 0)
    #expect(ResponseEntropy.ofHistogram([0, 1], range: 0...100) == 0)
    #expect(ResponseEntropy.ofShares([Float](arrayLiteral: 0, 5, 0)) == .value(0))
    #expect(close(ResponseEntropy.ofShares([Float](repeating: 0.3, count: 7)), 1, 1e-12))
    #expect(ResponseEntropy.ofShares([Float](arrayLiteral: 0, 0)).number == nil)
    #expect(ResponseEntropy.ofShares([Float](arrayLiteral: 1)).number == nil)
    let labels = ClassLabels([0, 1, 0, 1, 2])
    let order = ScoreOrder([5, 1, 4, 2, 3])
    #expect(ResponseEntropy.ofTopClasses(order, labels: labels, count: 2) == 0)
    let four = ResponseEntropy.ofTopClasses(order, labels: labels, count: 4)
    #expect(abs(four - 1.0397207708) < 1e-10)
  }

  @Test("diagnostics of weights") func weights() {
    let sheet = UnitLayout(Sheet(rows: 2, columns: 2))
    let few = WeightDiagnostics(.init([0, 0, 3, 4, 0, 0, 0, 0], inputs: 2), layout: sheet)
    #expect(few.norms == [0, 5, 0, 0] && few.neighborDistance == .value(2.5))
    #expect(few.relativeNeighborDistance == .value(2))
    #expect(few.neighborCosine.number == nil && few.pairsWithoutCosine == 6)
    // The penalties' test patterns on 11 x 11, as 1 - the penalty.
    let large = UnitLayout(Sheet(rows: 11, columns: 11))
    let columns = WeightDiagnostics(
      .init((0..<121).flatMap { $0 % 11 % 2 == 0 ? [1, 0] : [0, 1] }, inputs: 2), layout: large)
    #expect(close(columns.neighborCosine, 1 - 310.0 / 420))
    #expect(close(columns.neighborCorrelation, 1 - 620.0 / 420))
    let rows = WeightDiagnostics(
      .init((0..<121).flatMap { $0 < 66 ? [1, 2, 3] : [3, 2, 1] }, inputs: 3), layout: large)
    #expect(close(rows.neighborCosine, 1 - 31.0 * 2 / 7 / 420))
    #expect(close(rows.neighborCorrelation, 1 - 62.0 / 420))
    let equal = WeightDiagnostics(.init([0.1, 0.1, 0.1, 0.3, 0.2, 0.7], inputs: 3), layout: nil)
    #expect(equal.neighborDistance.reason == "the layer has no positions")
    let pair = WeightDiagnostics(
      .init([0.1, 0.1, 0.1, 0.3, 0.2, 0.7], inputs: 3),
      layout: UnitLayout(positions: [[0, 0, 0], [0, 0, 0]]))
    #expect(pair.neighborCorrelation.number == nil && pair.pairsWithoutCorrelation == 1)
    #expect(pair.neighborCosine.number != nil)
    let alone = WeightDiagnostics(.init([1], inputs: 1), layout: .init(Sheet(rows: 1, columns: 1)))
    #expect(alone.neighborDistance.reason == "no unit has neighbors")
  }

  @Test("transmission: weights times inputs, without their signs") func transmission() throws {
    let weights = LayerData.Weights([1, -2, 0, 3, 0, 0], inputs: 2)
    let inputs = Activations([1, -4, 0, 0, 0.5, -2], units: 2)
    #expect(Transmission.magnitudes(inputs) == [0.5, 2])
    let magnitudes = Transmission.magnitudes(inputs)
    #expect(Transmission(weights, inputMagnitudes: magnitudes).values == [4.5, 6, 0])
    func result(_ weights: LayerData.Weights?, _ inputs: [Double]?) throws -> AnalysisResult {
      try UnitsAnalysis().result(
        for: LayerStatistics(
          LayerData(
            activations: Activations(random(3, 3), units: 3), weights: weights,
            inputMagnitudes: inputs)))
    }
    let known = try result(weights, magnitudes)
    #expect(known[units: "transmission"] == [.value(4.5), .value(6), .value(0)])
    #expect(known["transmission-mean"] == .value(3.5))
    for unknown in [try result(weights, nil), try result(nil, nil)] {
      #expect(unknown["transmission-mean"]?.reason?.contains("inputs") == true)
      #expect(unknown["transmission-undefined"] == .value(3))
    }
  }

  private struct Fixture: Decodable {
    let units, classes: Int
    let labels: [Int32]
    let responses: [Float]
    let averagePrecisions, negativePrecisions, areas: [[Double]]
    let variances, squaredVariation, etaSquared, lifetimeSparseness: [Double]
    let entropies, rectifiedEntropies, commonRangeEntropies, topClassEntropies: [Double]
    let populationSparseness, populationEntropy: Double
  }

  @Test("measures agree with scikit-learn, scipy and numpy") func reference() throws {
    let expected = try AnalysisFixture.read("units", as: Fixture.self)
    let activations = Activations(expected.responses, units: expected.units)
    let labels = ClassLabels(expected.labels, classes: expected.classes)
    for unit in 0..<expected.units {
      let scores = (0..<activations.images).map { activations[$0, unit] }
      let separation = ClassSeparation(ScoreOrder(scores), labels: labels)
      let reversed = ClassSeparation(ScoreOrder(scores), labels: labels, isReversed: true)
      for label in 0..<expected.classes {
        let precision = separation.averagePrecisions[label] ?? 0
        #expect(abs(precision - expected.averagePrecisions[label][unit]) < 1e-12)
        #expect(abs((separation.areas[label] ?? 0) - expected.areas[label][unit]) < 1e-12)
        let negative = reversed.averagePrecisions[label] ?? 0
        #expect(abs(negative - expected.negativePrecisions[label][unit]) < 1e-12)
      }
    }
    let result = try UnitsAnalysis().result(
      for: LayerStatistics(LayerData(activations: activations, labels: labels)))
    func agrees(_ measure: String, _ numbers: [Double]) -> Bool {
      let found = (result[units: measure] ?? []).compactMap(\.number)
      return found.count == numbers.count && zip(found, numbers).allSatisfy { abs($0 - $1) < 1e-10 }
    }
    #expect(agrees("variance", expected.variances))
    #expect(agrees("squared-variation", expected.squaredVariation))
    #expect(agrees("eta-squared", expected.etaSquared))
    #expect(agrees("lifetime-sparseness", expected.lifetimeSparseness))
    #expect(agrees("unit-entropy", expected.entropies))
    #expect(agrees("unit-entropy-post-relu", expected.rectifiedEntropies))
    #expect(agrees("unit-entropy-common-range", expected.commonRangeEntropies))
    #expect(agrees("top-class-entropy", expected.topClassEntropies))
    #expect(close(result["population-sparseness-mean"], expected.populationSparseness))
    #expect(close(result["population-entropy-mean"], expected.populationEntropy))
    let best = (0..<expected.units).map { unit in
      expected.averagePrecisions.map { $0[unit] }.max() ?? 0
    }
    #expect(agrees("expert-average-precision", best))
    #expect(result["silent-unit-count"] == .value(1) && result["constant-unit-count"] == .value(1))
    #expect(result["eta-squared-undefined"] == .value(1))
    #expect(result["lifetime-sparseness-undefined"] == .value(1))
  }

  @Test(
    "layers of all sizes have every described measure once, and no other",
    arguments: [(1, 1, 1), (1, 3, 5), (7, 1, 33), (20, 31, 1), (9, 11, 11)])
  func complete(images: Int, rows: Int, columns: Int) throws {
    let units = rows * columns
    let labels = ClassLabels((0..<images).map { Int32($0 % 3) }, classes: 4)
    let full = LayerData(
      activations: Activations(random(images, units), units: units), labels: labels,
      weights: .init(random(units, 6), inputs: 6),
      layout: UnitLayout(Sheet(rows: rows, columns: columns)))
    var analysis = UnitsAnalysis()
    analysis.permutations = 20
    var bare = full
    (bare.labels, bare.weights, bare.layout) = (nil, nil, nil)
    var heap = full
    heap.layout = UnitLayout(positions: (0..<units).map { [Double($0 % 2), 0, 1] }, neighbors: 3)
    for layer in [full, bare, heap] {
      let result = try analysis.result(for: LayerStatistics(layer))
      let described = UnitsAnalysis.measures
      #expect(
        result.scalars.map(\.measure).sorted()
          == described.filter { !$0.isPerUnit }.map(\.name).sorted())
      #expect(
        result.units.map(\.measure).sorted()
          == described.filter(\.isPerUnit).map(\.name).sorted())
      #expect(result.units.allSatisfy { $0.values.count == units })
      for measure in described where measure.undefined == nil {
        if let value = result[measure.name] { #expect(value.number != nil, "\(measure.name)") }
      }
    }
    #expect(try analysis.result(for: LayerStatistics(bare)).tables.isEmpty)
  }

  @Test("units are permuted with their values, and experts keep their number") func permuted()
    throws
  {
    let (images, units) = (60, 9)
    let values = random(images, units)
    let labels = ClassLabels((0..<images).map { Int32($0 % 4) })
    var random = RandomSequence(Philox(seed: 4, purpose: .test))
    let order = random.permutation(units).map(Int.init)
    let dealt = (0..<images).flatMap { image in order.map { values[image * units + $0] } }
    func result(_ values: [Float]) throws -> AnalysisResult {
      try UnitsAnalysis().result(
        for: LayerStatistics(
          LayerData(activations: Activations(values, units: units), labels: labels)))
    }
    let (first, second) = (try result(values), try result(dealt))
    for column in first.units {
      let expected = order.map { column.values[$0] }
      let found = second[units: column.measure] ?? []
      // Sums over the layer add up in another order.
      #expect(
        zip(found, expected).allSatisfy {
          abs(($0.number ?? -9) - ($1.number ?? -9)) < 1e-12 && $0.reason == $1.reason
        }, "\(column.measure)")
    }
    for threshold in ExpertUnits.thresholds {
      #expect(first["expert-units-\(threshold)"] == second["expert-units-\(threshold)"])
    }
    #expect(first.tables[0] == second.tables[0])
  }

  @Test("preferred classes, activity and energy of a small layer") func small() throws {
    // Unit 0 likes class 2, unit 1 class 0, unit 2 all alike; class 1 has no images.
    let result = try UnitsAnalysis().result(
      for: LayerStatistics(
        LayerData(
          activations: Activations([-1, 3, 1, 4, 1, 1, 2, -5, 1], units: 3),
          labels: ClassLabels([0, 2, 2], classes: 4))))
    #expect(result[units: "preferred-class-by-mean"] == [.value(2), .value(0), .value(0)])
    #expect(result[units: "expert-class"] == [.value(2), .value(0), .value(2)])
    #expect(result[units: "active-images"]?.compactMap(\.number) == [2.0 / 3, 2.0 / 3, 1])
    #expect(result[units: "energy"] == [.value(2), .value(4.0 / 3), .value(1)])
    #expect(close(result["active-units-mean"], 7.0 / 9))
    #expect(close(result["active-units-median"], 2.0 / 3))
    #expect(close(result["energy-median"], 4.0 / 3))
    let table = result.tables.first { $0.name == "experts-by-class" }
    #expect(table?.rows.map { $0[0] } == [0, 2] && table?.rows.map { $0[1] } == [1, 2])
    #expect(table?.rows.map { $0.last } == [1, 2])
  }

  @Test("a layer of silent units has no value that is not finite") func silent() throws {
    let result = try UnitsAnalysis().result(
      for: LayerStatistics(
        LayerData(
          activations: Activations([Float](repeating: 0, count: 12), units: 3),
          labels: ClassLabels([0, 1, 0, 1]), weights: .init([0, 0, 0], inputs: 1),
          layout: UnitLayout(Sheet(rows: 1, columns: 3)))))
    #expect(result["silent-fraction"] == .value(1) && result["constant-unit-count"] == .value(3))
    #expect(result["population-entropy-mean"]?.number == nil)
    #expect(result["population-entropy-undefined"] == .value(4))
    #expect(result["relative-neighbor-distance-weights"]?.reason == "all weights are 0")
    #expect(result["expert-units-0.5"] == .value(3))
    #expect(result[units: "expert-auc"]?.first == .value(0.5))
  }
}
