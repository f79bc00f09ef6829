import Testing
import TopoFoundation
import TopoSheets

@testable import TopoAnalysis

@Suite("Functional localization") struct FunctionalLocalizationTests {
  private let sheet = UnitDistances(UnitLayout(Sheet(rows: 11, columns: 11)))
  private let shuffles = Permutations(count: 99, seed: 1, stream: 1)

  private func distances(_ rows: Int, _ columns: Int) -> UnitDistances {
    UnitDistances(UnitLayout(Sheet(rows: rows, columns: columns)))
  }

  @Test("a perfect map has the values of the specification") func perfect() throws {
    let measure = FunctionalDistance(
      CorrelationMatrix(sheet.values.map { -$0 }, units: 121), sheet)
    #expect(isNear(measure.value(1), 1))
    #expect(isNear(measure.value(5), 1.1207132716))
    #expect(isNear(measure.value(8), 1.3107192367))
    #expect(isNear(measure.value(10), 1.4692339798))
    let null = try #require(measure.nulls([5], permutations: shuffles)[0])
    // The mean distance of all pairs; four standard errors.
    let spread = try #require(null.standardDeviation.number)
    #expect(abs(try #require(null.mean.number) - 5.758545) < 4 * spread / 99.0.squareRoot())
    #expect(null.p == 0.01 && (null.z.number ?? 0) < -10 && (null.ratio.number ?? 1) < 0.25)
    #expect(abs((sheet.mean(among: Array(0..<121)) ?? 0) - 5.758545271680613) < 1e-12)
  }

  @Test("agrees with numpy") func numpy() throws {
    let layer = try OrganizationFixture.load().layer
    let place = UnitDistances(try #require(layer.data.layout))
    let measure = FunctionalDistance(CorrelationMatrix(layer.data.activations), place)
    for (k, value) in zip([1, 5, 10], layer.functional) { #expect(isNear(measure.value(k), value)) }
    let coactivation = CoactivationDistance(layer.data.activations.rectified(), place)
    #expect(isNear(coactivation.value, layer.coactivation))
  }

  @Test("equal correlations and too few units are undefined") func undefined() {
    let equal = FunctionalDistance(
      CorrelationMatrix([Double](repeating: 1, count: 25), units: 5), distances(1, 5))
    #expect(equal.value(1).reason == "all correlations are equal")
    #expect(equal.nulls([1, 5], permutations: shuffles) == [nil, nil])
    let few = FunctionalDistance(
      CorrelationMatrix([1, 0.5, 0.1, 0.5, 1, 0.2, 0.1, 0.2, 1], units: 3), distances(1, 3))
    #expect(few.value(2).number != nil && few.value(3).number == nil && few.value(5).number == nil)
    let one = FunctionalDistance(CorrelationMatrix([1], units: 1), distances(1, 1))
    #expect(one.value(1).number == nil)
  }

  @Test("equal correlations are taken by index") func ties() {
    // Units 1, 2 and 3 are equally near to unit 0 in function.
    let values: [Double] = [1, 0.5, 0.5, 0.5, 0.5, 1, 0.5, 0.1, 0.5, 0.5, 1, 0.1, 0.5, 0.1, 0.1, 1]
    let measure = FunctionalDistance(CorrelationMatrix(values, units: 4), distances(1, 4))
    // Nearest: 0 -> 1, 1 -> 0, 2 -> 0, 3 -> 0, at distances 1, 1, 2 and 3.
    #expect(isNear(measure.value(1), 7.0 / 4))
  }

  @Test("constant units are left out, in the null too") func constantUnits() throws {
    // Units vary in the left half of a sheet only: they are near each other without any order.
    var values = MadeUp.values(30 * 64, seed: 5)
    for image in 0..<30 {
      for unit in 0..<64 where unit % 8 > 3 { values[image * 64 + unit] = 0.25 }
    }
    let matrix = CorrelationMatrix(Activations(values, units: 64))
    #expect(matrix.defined.count == 32)
    let measure = FunctionalDistance(matrix, distances(8, 8))
    let null = try #require(measure.nulls([5], permutations: shuffles)[0])
    #expect(abs(null.z.number ?? 9) < 4)
    let half = try #require(distances(8, 8).mean(among: matrix.defined))
    #expect(abs(try #require(null.mean.number) - half) < 0.1)
  }

  @Test("units that are the most active together") func coactivation() throws {
    // A block of 2 x 2 units is active.
    var values = [Float](repeating: -1, count: 121)
    for unit in [0, 1, 11, 12] { values[unit] = 1 }
    let block = CoactivationDistance(Activations(values, units: 121).rectified(), sheet)
    #expect(isNear(block.value, (4 + 2 * 2.0.squareRoot()) / 6))
    // The four most active of many.
    for unit in 0..<121 where values[unit] < 0 { values[unit] = 0.5 }
    let four = CoactivationDistance(Activations(values, units: 121), sheet, top: 4)
    #expect(isNear(four.value, 1.1380711875))
    // Images without two active units do not count.
    var two = [Float](repeating: 0, count: 363)
    (two[0], two[5]) = (1, 1)
    two[130] = 1
    let one = CoactivationDistance(Activations(two, units: 121), sheet)
    #expect(one.images == 1 && one.undefined == 2 && one.value == .value(5))
    let none = CoactivationDistance(Activations([0, 0, 0], units: 3), distances(1, 3))
    #expect(none.value.number == nil && none.null(shuffles) == nil)
  }

  @Test("random layers are significant at the nominal rate") func falsePositives() {
    let place = distances(6, 6)
    let results = (0..<120).map { seed -> (Double, Double) in
      let layer = MadeUp.activations(images: 12, units: 36, seed: UInt64(seed))
      let shuffles = Permutations(count: 39, seed: UInt64(seed), stream: 1)
      let nearest = FunctionalDistance(CorrelationMatrix(layer), place)
        .nulls([5], permutations: shuffles)[0]
      let coactive = CoactivationDistance(layer.rectified(), place).null(shuffles)
      return (nearest?.p ?? 0, coactive?.p ?? 0)
    }
    // Binomial with 120 trials of 0.05: more than 14 has a probability below 0.001.
    for p in [results.map(\.0), results.map(\.1)] {
      #expect(p.count { $0 <= 0.05 } <= 14)
      #expect(abs(Statistics.mean(p) - 0.51) < 4 * 0.29 / 120.0.squareRoot())
    }
  }

  @Test("smooth responses at places dealt at random are no localization") func dealt() {
    let place = distances(6, 6)
    let significant = (0..<60).count { seed in
      let layer = MadeUp.smooth(rows: 6, columns: 6, images: 20, classes: 5, seed: UInt64(seed))
      let order = Permutations(count: 1, seed: UInt64(seed), stream: 9).order(0, of: 36)
      let dealt = MadeUp.reordered(layer.activations, order.map { Int($0) })
      let measure = FunctionalDistance(CorrelationMatrix(dealt), place)
      let null = measure.nulls(
        [5], permutations: .init(count: 39, seed: UInt64(seed), stream: 1))[0]
      return (null?.p ?? 0) <= 0.05
    }
    // Binomial with 60 trials of 0.05: more than 9 has a probability below 0.002.
    #expect(significant <= 9)
  }
}
