import Testing
import TopoFoundation

@testable import TopoAnalysis
import TopoStatistics

@Suite("Ranks, permutations, false discoveries") struct NullModelTests {
  @Test("ranks and correlations agree with scipy") func ranks() throws {
    let example = try OrganizationFixture.load().ranks
    #expect(Ranks.midranks(example.first) == example.ranks)
    let spearman = try #require(Ranks.spearman(example.first, example.second))
    let pearson = try #require(Ranks.pearson(example.first, example.second))
    #expect(abs(spearman - example.spearman) < 1e-12 && abs(pearson - example.pearson) < 1e-12)
    #expect(Ranks.midranks([3, 1, 3, 2]) == [3.5, 1, 3.5, 2])
    #expect(Ranks.midranks([]).isEmpty && Ranks.pearson([], []) == nil)
    #expect(Ranks.pearson([0.1, 0.1, 0.1], [1, 2, 3]) == nil)
    #expect(abs((Ranks.spearman([1, 2, 3], [1, 8, 27]) ?? 0) - 1) < 1e-15)
  }

  @Test("p values count the tail and the value itself") func tails() {
    func null(_ tail: PermutationNull.Tail) -> PermutationNull {
      PermutationNull(observed: 2, values: [1, 2, 3, 4, nil], tail: tail)
    }
    #expect(null(.lower).p == 3.0 / 6 && null(.upper).p == 4.0 / 6 && null(.both).p == 1)
    #expect(null(.lower).mean == .value(2.5) && null(.lower).ratio == .value(0.8))
    #expect(null(.lower).standardDeviation == .value(1.25.squareRoot()))
    #expect(isNear(null(.lower).z, -0.5 / 1.25.squareRoot()))
    // Equal but for rounding.
    let near = PermutationNull(observed: 0.3, values: [0.1 + 0.2], tail: .lower)
    #expect(near.p == 1)
    let none = PermutationNull(observed: 1, values: [nil], tail: .upper)
    #expect(none.mean.number == nil && none.z.number == nil && none.p == 0.5)
    let equal = PermutationNull(observed: 1, values: [3, 3], tail: .upper)
    #expect(equal.z.number == nil && equal.excess == .value(-2))
  }

  @Test("permutations depend on seed, stream and index alone") func permutations() {
    let one = Permutations(count: 50, seed: 1, stream: 1)
    let orders = one.map(over: 6) { $0 }
    #expect(orders == (0..<50).map { one.order($0, of: 6) })
    #expect(orders.allSatisfy { $0.sorted() == [0, 1, 2, 3, 4, 5] } && Set(orders).count > 30)
    #expect(
      Permutations(count: 9, seed: 1, stream: 1).map(over: 6) { $0 } == Array(orders.prefix(9)))
    #expect(Permutations(count: 9, seed: 2, stream: 1).order(0, of: 6) != orders[0])
    #expect(Permutations(count: 9, seed: 1, stream: 2).order(0, of: 6) != orders[0])
    // Only members change places.
    let places = one.map(members: [1, 4, 5], of: 6) { $0 }
    #expect(places.allSatisfy { [$0[0], $0[2], $0[3]] == [0, 2, 3] })
    #expect(places.allSatisfy { Set([$0[1], $0[4], $0[5]]) == [1, 4, 5] })
    #expect(Set(places).count == 6)
  }

  @Test("permutations are uniform") func uniform() {
    var counts = [[Int32]: Int]()
    for order in Permutations(count: 1200, seed: 7, stream: 3).map(over: 3, { $0 }) {
      counts[order, default: 0] += 1
    }
    // Six orders, 200 each; five standard deviations.
    #expect(counts.count == 6 && counts.values.allSatisfy { abs($0 - 200) < 65 })
  }

  @Test("false discovery rates agree with scipy") func discoveries() throws {
    let layer = try OrganizationFixture.load().layer
    let adjusted = FalseDiscoveryRate.adjusted(layer.p)
    for (found, expected) in zip(adjusted, layer.adjusted) {
      #expect(abs((found ?? 2) - expected) < 1e-12)
    }
    // Tests without p values do not count.
    let gaps = FalseDiscoveryRate.adjusted([0.01, nil, 0.04, nil])
    #expect(gaps == [0.02, nil, 0.04, nil])
    #expect(FalseDiscoveryRate.adjusted([]).isEmpty)
  }

  @Test("without effects, discoveries are rare") func rate() {
    let found = (0..<200).count { seed in
      let p = MadeUp.values(60, seed: UInt64(seed)).map { Double($0 + 1) / 2 }
      return FalseDiscoveryRate.adjusted(p).contains { ($0 ?? 1) <= 0.05 }
    }
    // Binomial with 200 trials of 0.05: more than 20 has a probability below 0.002.
    #expect(found <= 20 && found > 0)
  }

  @Test("means skip and count undefined values") func definedMean() {
    let mean = DefinedMean([.value(1), .undefined("a"), .value(3)], orUndefined: "empty")
    #expect(mean.mean == .value(2) && mean.undefined == 1)
    #expect(DefinedMean([.undefined("a")], orUndefined: "empty").mean.reason == "a")
    #expect(DefinedMean([], orUndefined: "empty").mean.reason == "empty")
  }
}
