import Foundation
import Testing
import TopoFoundation
import TopoSheets

@testable import TopoAnalysis

@Suite("Correlations and distances") struct CorrelatedPairsTests {
  private let sheet = UnitDistances(UnitLayout(Sheet(rows: 11, columns: 11)))

  private func matrix(_ value: (Double) -> Double) -> CorrelationMatrix {
    CorrelationMatrix(sheet.values.map(value), units: 121)
  }

  @Test("bins of an 11 x 11 sheet have the pairs of the specification") func bins() {
    let expected = [420, 558, 658, 1102, 812, 948, 764, 704, 688, 326, 190, 60, 28, 2]
    #expect(DistanceBins(sheet).counts == [0] + expected)
    let bins = CorrelatedPairs(matrix { 1 - $0 / 20 }, sheet).bins
    #expect(bins.map(\.pairs) == expected)
    #expect(bins.map(\.distance) == (1...14).map(Double.init))
    // Bin 1: 220 pairs at distance 1 and 200 at the square root of 2.
    let mean = 1 - (220 + 200 * 2.0.squareRoot()) / 420 / 20
    #expect(abs((bins[0].mean ?? 0) - mean) < 1e-12)
    #expect((bins[0].standardDeviation ?? 0) > 0)
  }

  @Test("an exponential decay is found again") func decay() {
    let pairs = CorrelatedPairs(matrix { 0.1 + 0.8 * exp(-$0 / 2) }, sheet)
    let fit = ExponentialDecay(distances: pairs.distances, values: pairs.correlations)
    #expect(isNear(fit.length, 2, 1e-6))
    #expect(isNear(fit.amplitude, 0.8, 1e-6))
    #expect(isNear(fit.offset, 0.1, 1e-6))
    #expect(isNear(fit.rSquared, 1, 1e-12))
    #expect(isNear(pairs.spearman, 1))
    #expect(isNear(pairs.alignment, 0.995128, 1e-6))
  }

  @Test("a fit to noisy values agrees with scipy") func scipy() throws {
    let example = try OrganizationFixture.load().fit
    let fit = ExponentialDecay(distances: example.distances, values: example.values)
    #expect(isNear(fit.length, example.length, 1e-6))
    #expect(isNear(fit.amplitude, example.amplitude, 1e-6))
    #expect(isNear(fit.offset, example.offset, 1e-6))
    #expect(isNear(fit.rSquared, example.rSquared, 1e-10))
    // Another unit of distance changes the length alone.
    let scaled = ExponentialDecay(
      distances: example.distances.map { $0 * 0.01 }, values: example.values, step: 0.01)
    #expect(isNear(scaled.length, example.length * 0.01, 1e-8))
    #expect(isNear(scaled.amplitude, example.amplitude, 1e-6))
  }

  @Test("values that do not decay have no length") func undefined() {
    let distances = CorrelatedPairs(matrix { $0 }, sheet).distances
    func fit(_ value: (Double) -> Double) -> ExponentialDecay {
      .init(distances: distances, values: distances.map(value))
    }
    let rising = fit { $0 / 20 }
    #expect(rising.length.number == nil && (rising.amplitude.number ?? 1) < 0)
    #expect(fit { _ in 0.3 }.length.reason == "all values are equal")
    // A straight line: the longest length is the best.
    #expect(fit { 1 - $0 / 20 }.length.reason == "the best length is not between 0.2 and 50 steps")
    let noise = MadeUp.values(7260, seed: 2).map(Double.init)
    let weak = ExponentialDecay(distances: distances, values: noise)
    #expect((weak.rSquared.number ?? 1) < 0.01 && weak.length.number == nil)
    let few = ExponentialDecay(distances: [1, 2, 1], values: [1, 0, 2])
    #expect(few.length.reason == "fewer than three different distances")
  }

  @Test("mean distances of strongly correlated pairs") func thresholds() {
    let pairs = CorrelatedPairs(
      correlations: [0.95, 0.8, 0.6, -1], distances: [1, 2, 6, 9])
    #expect(pairs.meanDistance(above: 0.5) == .value(3))
    #expect(pairs.meanDistance(above: 0.7) == .value(1.5))
    #expect(pairs.meanDistance(above: 0.9) == .value(1))
    #expect(pairs.meanDistance(above: 0.95).number == nil)
  }

  @Test("positions in other units have bins of their own step") func positions() {
    let grid = UnitLayout(Sheet(rows: 5, columns: 5)).positions
    let distances = UnitDistances(
      UnitLayout(positions: grid.map { [$0[0] * 0.3, $0[1] * 0.3, 7] }))
    let steps = UnitDistances(UnitLayout(Sheet(rows: 5, columns: 5)))
    #expect(abs((distances.step ?? 0) - 0.3) < 1e-12)
    #expect(DistanceBins(distances).counts == DistanceBins(steps).counts)
    // Units on top of one another are in bin 0.
    let stacked = UnitDistances(UnitLayout(positions: [[0, 0], [0, 0], [2, 0], [4, 0]]))
    #expect(stacked.step == 2)
    #expect(DistanceBins(stacked).counts == [1, 3, 2])
    let point = UnitDistances(UnitLayout(positions: [[1, 1], [1, 1], [1, 1]]))
    #expect(point.step == nil && DistanceBins(point).counts.isEmpty)
    #expect(
      CorrelatedPairs(CorrelationMatrix([Double](repeating: 1, count: 9), units: 3), point)
        .bins.isEmpty)
    // An outlier far away does not make millions of bins.
    let far = UnitDistances(UnitLayout(positions: [[0, 0], [1e-6, 0], [1, 0], [1e6, 0]]))
    #expect(DistanceBins(far).counts.count == 1001)
  }

  @Test("distributions of correlations") func distribution() throws {
    let layer = try OrganizationFixture.load().layer
    let found = CorrelationDistribution(
      CorrelationMatrix(layer.data.activations), layout: layer.data.layout)
    #expect(isNear(found.mean, layer.mean))
    #expect(isNear(found.standardDeviation, layer.sd))
    #expect(isNear(found.positive, layer.above))
    #expect(isNear(found.bimodality, layer.bimodality))
    #expect(found.histogram.reduce(0, +) == 30 * 29 / 2 && found.undefinedUnits == 0)
    // Neighbors of a perfect map: as in bin 1.
    let perfect = CorrelationDistribution(
      matrix { 1 - $0 / 20 }, layout: UnitLayout(Sheet(rows: 11, columns: 11)))
    #expect(isNear(perfect.neighbors, 1 - (220 + 200 * 2.0.squareRoot()) / 420 / 20))
    let ends = CorrelationDistribution(
      CorrelationMatrix([1, 1, -1, 1, 1, 0.92, -1, 0.92, 1], units: 3), layout: nil)
    #expect(ends.histogram[39] == 1 && ends.histogram[0] == 1 && ends.histogram[38] == 1)
    #expect(ends.strong == .value(1) && ends.negative == .value(1.0 / 3))
    #expect(ends.neighbors.reason == "the layer has no positions")
  }
}
