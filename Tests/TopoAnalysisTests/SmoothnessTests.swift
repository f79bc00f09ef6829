import Testing
import TopoFoundation
import TopoSheets

@testable import TopoAnalysis

@Suite("Smoothness of maps") struct SmoothnessTests {
  private func measure(_ rows: Int, _ columns: Int, period: Double? = nil) -> Smoothness {
    Smoothness(
      DistanceBins(UnitDistances(UnitLayout(Sheet(rows: rows, columns: columns)))), period: period)
  }

  private let ramp = (0..<121).map { Double($0 / 11) }

  @Test("a ramp has the value of the specification") func ramps() throws {
    let smoothness = measure(11, 11)
    #expect(isNear(smoothness.value(of: ramp), 319.0 / 350))
    // Bins 13 and 14 have fewer than 30 pairs.
    let curve = smoothness.curve(of: ramp)
    #expect(curve.compactMap { $0 }.count == 12 && curve.last == .some(nil))
    #expect(curve[1] == 310.0 / 420)
    let null = try #require(
      smoothness.null(of: ramp, shuffles: .init(count: 150, seed: 3, stream: 1)))
    let mean = try #require(null.mean.number)
    // 0.067 with a spread of 0.058: four standard errors.
    #expect(abs(mean - 0.067) < 4 * 0.058 / 150.0.squareRoot())
    #expect((null.z.number ?? 0) > 8 && null.p == 1.0 / 151)
    #expect(isNear(null.excess, null.observed - mean))
  }

  @Test("shuffled maps are as smooth as their own shuffles") func chance() {
    let smoothness = measure(7, 7)
    let p = (0..<80).map { index -> Double in
      let seed = UInt64(index)
      let map = MadeUp.values(49, seed: seed).map(Double.init)
      return smoothness.null(of: map, shuffles: .init(count: 39, seed: seed, stream: 1))?.p ?? 0
    }
    // Binomial with 80 trials of 0.05: more than 11 has a probability below 0.001.
    #expect(p.count { $0 <= 0.05 } <= 11)
    #expect(abs(Statistics.mean(p) - 0.51) < 4 * 0.29 / 80.0.squareRoot())
  }

  @Test("symmetries and affine changes do not matter") func invariance() throws {
    let smoothness = measure(7, 7)
    let map = MadeUp.values(49, seed: 4).map(Double.init)
    let value = try #require(smoothness.value(of: map).number)
    for order in MadeUp.symmetries(side: 7) {
      #expect(isNear(smoothness.value(of: order.map { 1 - 3 * map[$0] }), value))
    }
  }

  @Test("orientations differ by at most half a period") func periods() throws {
    // 175 and 5 degrees are 10 degrees apart.
    let map = (0..<49).map { $0 / 7 < 3 ? 175.0 : 5 }
    let curve = measure(7, 7, period: 180).curve(of: map)
    let plain = measure(7, 7).curve(of: map)
    for (folded, difference) in zip(curve, plain) {
      guard let folded, let difference else { continue }
      #expect(abs(folded - difference / 17) < 1e-12)
    }
    // Whole turns do not matter.
    let turned = map.enumerated().map {
      $0.offset.isMultiple(of: 2) ? $0.element + 360 : $0.element
    }
    #expect(
      isNear(
        measure(7, 7, period: 180).value(of: turned),
        try #require(measure(7, 7, period: 180).value(of: map).number)))
  }

  @Test("some units only") func subset() throws {
    var map = ramp
    map[60] = 1000
    let units = (0..<121).filter { $0 != 60 }
    let smoothness = measure(11, 11)
    #expect((smoothness.value(of: map, units: units).number ?? 0) > 0.9)
    #expect((smoothness.value(of: map).number ?? 1) < 0.5)
    #expect(smoothness.value(of: map, units: []).reason == "no unit has a value")
  }

  @Test("constant maps and small sheets are undefined") func undefined() {
    #expect(measure(11, 11).value(of: [Double](repeating: 2, count: 121)).reason == "constant map")
    #expect(
      measure(11, 11).null(
        of: [Double](repeating: 2, count: 121),
        shuffles: .init(
          count: 5, stream: 1)) == nil)
    #expect(measure(1, 3).value(of: [1, 2, 3]).number == nil)
    #expect(measure(1, 1).value(of: [1]).number == nil)
    #expect(measure(1, 33).value(of: (0..<33).map(Double.init)).number != nil)
  }
}
