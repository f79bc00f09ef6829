import Testing

@testable import TopoStatistics

@Suite("Trends, power, corrections") struct TrendAndPowerTests {
  @Test("Page's test agrees with scipy") func page() throws {
    for expected in try StatisticsFixture.read().trends {
      let test = try #require(TrendTest(expected.blocks))
      #expect(abs(test.statistic - expected.statistic) < 1e-9)
      #expect(abs(test.p - expected.p) < 1e-9)
      #expect(abs(test.correlation - expected.correlation) < 1e-12)
    }
  }

  @Test("a trend of equal values is none") func equal() throws {
    let flat = try #require(TrendTest([[1, 1, 1], [2, 2, 2]]))
    #expect(flat.correlation == 0 && flat.p == 1)
    let rising = try #require(TrendTest([[1, 2, 3], [4, 5, 6]]))
    #expect(rising.correlation == 1 && abs(rising.p - 2.0 / 36) < 1e-12)
    #expect(TrendTest([]) == nil && TrendTest([[1]]) == nil)
    // With two equal values of three, half of the orders of each pair count the same.
    let tied = try #require(TrendTest([[1, 1, 2]]))
    #expect(abs(tied.p - 2.0 / 3) < 1e-12)
  }

  @Test("the normal approximation is close for more treatments") func approximation() throws {
    func blocks(_ treatments: Int) -> [[Double]] {
      (0..<6).map { block in
        (0..<treatments).map { treatment -> Double in
          let noise = (treatment * 5 + block * 3) % 11
          return Double(noise) + 2 * Double(treatment)
        }
      }
    }
    let nine = try #require(TrendTest(blocks(9)))
    #expect(nine.p > 0 && nine.p < 1 && nine.correlation > 0)
    // Ascending values of nine treatments: z = correlation sqrt(blocks (k - 1)).
    let rising = try #require(TrendTest([Array(stride(from: 0.0, to: 9, by: 1))]))
    #expect(abs(rising.p - 2 * NormalDistribution.probability(below: -8.0.squareRoot())) < 1e-12)
  }

  @Test("power and the smallest effects agree with scipy") func power() throws {
    for expected in try StatisticsFixture.read().power {
      let power = PairedPower.power(
        effect: expected.effect, pairs: expected.pairs, alpha: expected.alpha)
      #expect(abs(power - expected.power) < 1e-6)
    }
    // Roots of scipy's power, by scipy.optimize.brentq.
    for (pairs, alpha, effect) in [
      (10, 0.05, 0.9960013714554), (10, 0.05 / 12, 1.52515074656515),
      (20, 0.05, 0.660441654623), (20, 0.05 / 12, 0.9306312092266),
      (5, 0.05, 1.6819969659556), (5, 0.05 / 12, 3.308721410000),
    ] {
      let smallest = try #require(PairedPower.smallestEffect(pairs: pairs, alpha: alpha))
      #expect(abs(smallest - effect) < 1e-5)
    }
    #expect(PairedPower.smallestEffect(pairs: 1) == nil)
  }

  @Test("normal probabilities agree with scipy, and quantiles invert them") func normal() throws {
    for pair in try StatisticsFixture.read().normal {
      let probability = NormalDistribution.probability(below: pair[0])
      #expect(abs(probability - pair[1]) < 1e-13 * pair[1])
      #expect(abs(NormalDistribution.quantile(pair[1]) - pair[0]) < 1e-6)
    }
  }

  @Test("Holm's correction multiplies the smallest p by the number of tests") func holm() {
    let adjusted = HolmCorrection.adjusted([0.01, nil, 0.04, 0.03, 0.005])
    let expected: [Double?] = [0.03, nil, 0.06, 0.06, 0.02]
    for (value, other) in zip(adjusted, expected) {
      #expect((value == nil) == (other == nil))
      #expect(abs((value ?? 0) - (other ?? 0)) < 1e-15)
    }
    #expect(HolmCorrection.adjusted([0.9, 0.8]) == [1, 1])
    #expect(HolmCorrection.adjusted([]).isEmpty)
  }
}
