import Testing
import TopoEvaluation
import TopoFoundation
import TopoSheets
import TopoStatistics

@Suite("Summary over seeds") struct SummaryTests {
  @Test("agrees with the worked example") func example() throws {
    let summary = Summary([0.5, 0.8, 0.3, 0.6, 0.9, 0.4, 0.7, 0.2, 1.0, 0.1])
    let mean = try #require(summary.mean.number)
    #expect(abs(mean - 0.55) < 1e-15)
    let error = try #require(summary.standardError.number)
    #expect(abs(error - 0.0957427108) < 1e-10)
    let interval = try #require(summary.interval())
    #expect(abs(interval.lowerBound - 0.333415) < 1e-6)
    #expect(abs(interval.upperBound - 0.766585) < 1e-6)
  }

  @Test(
    "has Student's t quantiles",
    arguments: [
      (0.975, 9.0, 2.2621571628), (0.975, 1, 12.7062047362), (0.975, 2, 4.3026527297),
      (0.995, 4, 4.6040948714), (0.975, 1000, 1.9623390808), (0.025, 9, -2.2621571628),
      (0.5, 3, 0),
    ])
  func quantile(probability: Double, n: Double, expected: Double) {
    let quantile = StudentT.quantile(probability, degreesOfFreedom: n)
    #expect(abs(quantile - expected) < 2e-10 * max(1, abs(expected)))
  }

  @Test("skips undefined values and counts them") func undefined() {
    let summary = Summary([.value(1), .undefined("constant map"), .value(3)])
    #expect(summary.count == 2)
    #expect(summary.skipped == 1)
    #expect(summary.mean == .value(2))
  }

  @Test("has no spread for one value, nor a mean for none") func few() {
    #expect(Summary([2.0]).mean == .value(2))
    #expect(Summary([2.0]).standardDeviation.number == nil)
    #expect(Summary([2.0]).interval() == nil)
    #expect(Summary([Double]()).mean == .undefined("no values"))
  }

  @Test("has Wilson's interval") func wilson() throws {
    // 8 of 10, as statsmodels' proportion_confint gives it.
    let interval = try #require(Summary.wilsonInterval(successes: 8, of: 10))
    #expect(abs(interval.lowerBound - 0.4901624715) < 1e-9)
    #expect(abs(interval.upperBound - 0.9433178485) < 1e-9)
    let all = try #require(Summary.wilsonInterval(successes: 5, of: 5))
    #expect(all.upperBound == 1 && all.lowerBound > 0.5)
  }
}
