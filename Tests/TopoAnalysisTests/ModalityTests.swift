import Testing
import TopoFoundation

@testable import TopoAnalysis

@Suite("Bimodality of values") struct ModalityTests {
  private let zerosAndOnes: [Double] = [0, 0, 0, 0, 0, 1, 1, 1, 1, 1]
  private let digits = (0..<10).map(Double.init)

  @Test("Sarle's coefficient has the values of the specification") func coefficient() {
    #expect(isNear(BimodalityCoefficient.value(of: zerosAndOnes), 0.5656565657))
    #expect(isNear(BimodalityCoefficient.value(of: digits), 0.3185437998))
    let one: [Double] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 1]
    #expect(isNear(BimodalityCoefficient.value(of: one), 0.7671232877))
    #expect(BimodalityCoefficient.value(of: [1, 2, 3]).number == nil)
    #expect(BimodalityCoefficient.value(of: [0.1, 0.1, 0.1, 0.1]).number == nil)
  }

  @Test("Sarle's coefficient agrees with scipy and ignores scale") func scipy() throws {
    for example in try OrganizationFixture.load().bimodality {
      #expect(isNear(BimodalityCoefficient.value(of: example.values), example.value))
      let scaled = example.values.map { 5 - 3 * $0 }
      #expect(isNear(BimodalityCoefficient.value(of: scaled), example.value))
    }
    let uniform = MadeUp.values(20_000, seed: 1).map(Double.init)
    #expect(isNear(BimodalityCoefficient.value(of: uniform), 5.0 / 9, 0.01))
  }

  @Test("the dip has the values of the specification") func dip() {
    func dip(_ values: [Double]) -> MeasuredValue { HartigansDip.value(of: values) }
    #expect(isNear(dip(zerosAndOnes), 0.25))
    #expect(isNear(dip(digits), 0.05))
    #expect(isNear(dip([0, 1, 2, 10, 11, 12]), 0.2))
    #expect(isNear(dip([-1, -1, -0.9, 0.9, 1, 1]), 0.2368421053))
    #expect(isNear(dip([0, 0.1, 0.2, 0.9, 1]), 0.175))
    #expect(isNear(dip([1, 1.5, 2, 8, 8.5, 9, 9.5]), 0.1836734694))
    #expect(isNear(dip([1, 2, 3, 4]), 0.125))
    #expect(isNear(dip([7]), 0.5))
    #expect(isNear(dip([2, 2, 2]), 1.0 / 6))
    #expect(dip([]).number == nil)
  }

  @Test("the dip agrees with linear programs, with equal values too") func programs() throws {
    for example in try OrganizationFixture.load().dips {
      #expect(isNear(HartigansDip.value(of: example.values), example.dip, 1e-7))
      // Order, scale and direction do not matter.
      let mirrored = example.values.reversed().map { 4 - 2 * $0 }
      #expect(isNear(HartigansDip.value(of: mirrored), example.dip, 1e-7))
    }
  }

  @Test("p values of the dip hold for uniform values and find two modes") func significance() {
    let small = (0..<100).count { seed in
      let sample = MadeUp.values(21, seed: UInt64(seed)).map(Double.init)
      return (HartigansDip.p(of: sample, samples: 99, seed: UInt64(seed)).number ?? 0) <= 0.05
    }
    // Binomial with 100 trials of 0.05: more than 13 has a probability below 0.001.
    #expect(small <= 13)
    let two = zerosAndOnes + zerosAndOnes.map { $0 * 1.01 }
    #expect(isNear(HartigansDip.p(of: two, samples: 99), 0.01))
    #expect(HartigansDip.p(of: []).number == nil)
  }
}
