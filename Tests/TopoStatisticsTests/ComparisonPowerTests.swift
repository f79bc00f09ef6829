import Testing
import TopoStatistics

/// What so many seeds can find among so many comparisons.
@Suite("Power of comparisons") struct ComparisonPowerTests {
  @Test(
    "the smallest effects of a study of 12 conditions",
    arguments: [(5, 1.69, 3.31), (10, 1.00, 1.53), (20, 0.67, 0.94)])
  func smallestEffects(seeds: Int, single: Double, corrected: Double) throws {
    let power = ComparisonPower(pairs: seeds, comparisons: 12)
    #expect(abs(try #require(power.smallestEffect) - single) < 0.011)
    #expect(abs(try #require(power.smallestCorrectedEffect) - corrected) < 0.011)
  }

  @Test("the smallest p of sign flips")
  func smallestP() {
    #expect(ComparisonPower(pairs: 3, comparisons: 1).smallestP == 0.25)
    #expect(ComparisonPower(pairs: 5, comparisons: 1).smallestP == 0.0625)
    let ten = ComparisonPower(pairs: 10, comparisons: 12)
    #expect(ten.smallestP == 2.0 / 1024)
    #expect(abs(ten.smallestCorrectedP - 0.0234375) < 1e-12)
    #expect(ComparisonPower(pairs: 1, comparisons: 12).smallestCorrectedP == 1)
  }

  @Test("twelve comparisons need nine seeds to reach 0.05")
  func seedsNeeded() {
    #expect(!ComparisonPower(pairs: 8, comparisons: 12).canReach)
    #expect(ComparisonPower(pairs: 9, comparisons: 12).canReach)
    #expect(ComparisonPower(pairs: 3, comparisons: 12).fewestPairs == 9)
    #expect(ComparisonPower(pairs: 3, comparisons: 1).fewestPairs == 6)
    #expect(ComparisonPower(pairs: 3, comparisons: 1_000_000).fewestPairs == nil)
  }

  @Test("one pair has no spread")
  func onePair() {
    let power = ComparisonPower(pairs: 1, comparisons: 2)
    #expect(power.smallestEffect == nil && power.smallestCorrectedEffect == nil)
    #expect(power.smallestP == 1 && !power.canReach)
  }
}
