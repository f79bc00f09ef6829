import Testing
import TopoFoundation

@testable import TopoStatistics

@Suite("Paired differences") struct PairedSampleTests {
  @Test("agree with the worked example") func example() throws {
    let sample = PairedSample([0.5, 0.8, 0.3, 0.6, 0.9, 0.4, 0.7, 0.2, 1.0, 0.1])
    func check(_ value: MeasuredValue, _ expected: Double, within error: Double = 1e-9) throws {
      #expect(abs(try #require(value.number) - expected) < error)
    }
    try check(sample.mean, 0.55)
    try check(sample.standardError, 0.0957427108)
    try check(sample.t, 5.7445626465)
    try check(sample.tTest, 0.000278196)
    try check(sample.wilcoxon, 0.001953125)
    try check(sample.signFlip, 0.001953125)
    try check(sample.standardizedEffect, 1.8165902125)
    try check(sample.hedgesG, 1.660136, within: 1e-6)
    #expect(abs(PairedSample.hedgesFactor(degreesOfFreedom: 9) - 0.913875) < 1e-6)
    let interval = try #require(sample.tInterval())
    #expect(abs(interval.lowerBound - 0.333415) < 1e-6)
    #expect(abs(interval.upperBound - 0.766585) < 1e-6)
  }

  @Test("agree with scipy, with equal magnitudes and zeros, too") func scipy() throws {
    for expected in try StatisticsFixture.read().samples {
      let sample = PairedSample(expected.differences)
      for (value, other) in [
        (sample.t, expected.t), (sample.tTest, expected.tTest),
        (sample.signFlip, expected.signFlip), (sample.wilcoxon, expected.wilcoxon),
      ] {
        #expect(abs(try #require(value.number) - other) < 1e-10 * max(1, abs(other)))
      }
      guard let percentile = expected.percentile, let corrected = expected.corrected else {
        continue
      }
      // The error of an end of 10,000 resamples is below 2 % of the width.
      let intervals = try #require(sample.bootstrap())
      for (own, other) in [(intervals.percentile, percentile), (intervals.corrected, corrected)] {
        let width = other[1] - other[0]
        #expect(abs(own.lowerBound - other[0]) < 0.05 * width)
        #expect(abs(own.upperBound - other[1]) < 0.05 * width)
      }
    }
  }

  @Test("have no effect nor t if all are equal, and p is 1 if they are 0") func constant() {
    let zero = PairedSample([0, 0, 0, 0])
    #expect(zero.t.number == nil && zero.standardizedEffect.number == nil)
    #expect(zero.hedgesG.reason == "equal differences")
    for p in [zero.tTest, zero.wilcoxon, zero.signFlip] { #expect(p.number == 1) }
    let same = PairedSample([0.1, 0.1, 0.1])
    #expect(same.t.number == nil && same.tTest.number == nil)
    #expect(same.signFlip.number == 0.25)
    #expect(same.bootstrap()?.corrected.upperBound == same.bootstrap()?.percentile.upperBound)
  }

  @Test("of no pair or one have reasons") func few() {
    let none = PairedSample([])
    for value in [none.mean, none.signFlip, none.wilcoxon, none.t, none.hedgesG] {
      #expect(value.reason != nil)
    }
    #expect(none.bootstrap() == nil && none.tInterval() == nil)
    let one = PairedSample([2])
    #expect(one.mean.number == 2 && one.standardDeviation.number == nil)
    #expect(one.signFlip.number == 1 && one.wilcoxon.number == 1)
    #expect(PairedSample([1, 2]).hedgesG.reason == "fewer than three pairs")
  }

  @Test("do not depend on the sign or the unit") func invariance() throws {
    let differences = [0.3, -0.1, 0.9, 1.2, 0.4, 0.8, -0.2]
    let sample = PairedSample(differences)
    let mirrored = PairedSample(differences.map { $0 * -1000 })
    for (value, other) in [
      (sample.tTest, mirrored.tTest), (sample.wilcoxon, mirrored.wilcoxon),
      (sample.signFlip, mirrored.signFlip),
    ] {
      #expect(abs(try #require(value.number) - (try #require(other.number))) < 1e-12)
    }
    let effect = try #require(sample.hedgesG.number)
    #expect(abs(effect + (try #require(mirrored.hedgesG.number))) < 1e-12)
  }

  @Test("more than 20 are tested by drawn signs, close to the t test") func many() throws {
    let differences = (0..<40).map { Double(($0 * 37) % 41) / 41 - 0.38 }
    let sample = PairedSample(differences)
    let (drawn, t) = (try #require(sample.signFlip.number), try #require(sample.tTest.number))
    #expect(abs(drawn - t) < 0.01 && drawn > 0 && drawn < 1)
    #expect(sample.signFlip == PairedSample(differences).signFlip)
    #expect(PairedSample.smallestSignFlip(pairs: 10) == 2.0 / 1024)
    #expect(PairedSample.smallestSignFlip(pairs: 3) == 0.25)
  }

  @Test("rank sums of many pairs agree with the normal approximation") func manyRanks() throws {
    let exact = (0..<PairedSample.exactRanks).map { Double(($0 * 73) % 211) - 95.5 }
    let rough = exact + [0.5]
    let (first, second) = (PairedSample(exact).wilcoxon, PairedSample(rough).wilcoxon)
    #expect(abs(try #require(first.number) - (try #require(second.number))) < 0.02)
  }
}
