import TestSupport
import Testing
import TopoFoundation
import TopoSheets

@testable import TopoAnalysis

@Suite("Expert units") struct ExpertUnitsTests {
  private func separation(_ scores: [Float], _ labels: [Int32]) -> (Double?, Double?) {
    let all = ClassSeparation(ScoreOrder(scores), labels: ClassLabels(labels, classes: 2))
    return (all.averagePrecisions[1], all.areas[1])
  }

  @Test("the values of the specification") func values() {
    let plain = separation([0.9, 0.8, 0.7, 0.6], [1, 0, 1, 0])
    #expect(abs((plain.0 ?? 0) - 5.0 / 6) < 1e-15 && plain.1 == 0.75)
    let constant = separation([0.5, 0.5, 0.5, 0.5], [1, 0, 1, 0])
    #expect(constant == (0.5, 0.5))
    let tied = separation([0.9, 0.8, 0.8, 0.6], [1, 0, 1, 0])
    #expect(abs((tied.0 ?? 0) - 5.0 / 6) < 1e-15 && tied.1 == 0.875)
    #expect(separation([0.1, 0.9, 0.2, 0.8], [0, 1, 0, 1]) == (1, 1))
  }

  @Test("scores are ordered with ties by index, NaN and both zeros") func order() {
    let order = ScoreOrder([0, -.infinity, 2, -0.0, .nan, -1, .infinity, 2])
    #expect(order.indices == [6, 2, 7, 0, 3, 5, 1, 4])
    #expect(order.ends == [1, 3, 5, 6, 8])
    #expect(ScoreOrder([]).ends.isEmpty && ScoreOrder([.nan]).ends == [1])
  }

  @Test("low scores speak for a class as high ones of the negative")
  func reversed() {
    let scores: [Float] = [3, 1, 1, 0, -2, 5, 1, 4]
    let labels = ClassLabels([0, 1, 1, 2, 0, 1, 0, 2])
    let reversed = ClassSeparation(ScoreOrder(scores), labels: labels, isReversed: true)
    #expect(reversed == ClassSeparation(ScoreOrder(scores.map { -$0 }), labels: labels))
    let plain = ClassSeparation(ScoreOrder(scores), labels: labels)
    for label in 0..<3 {
      #expect(abs((plain.areas[label] ?? 0) + (reversed.areas[label] ?? 0) - 1) < 1e-15)
    }
  }

  @Test("a missing class has no precision, a class of all images no area") func missing() {
    let separation = ClassSeparation(ScoreOrder([1, 2]), labels: ClassLabels([1, 1], classes: 3))
    #expect(separation.averagePrecisions == [nil, 1, nil])
    #expect(separation.areas == [nil, nil, nil])
    let one = ClassSeparation(ScoreOrder([1]), labels: ClassLabels([0]))
    #expect(one.averagePrecisions == [1] && one.areas == [nil])
  }

  @Test("rounding does not lead to precisions above 1") func largest() {
    for images in 1...300 {
      let separation = ClassSeparation(
        ScoreOrder((0..<images).map { Float($0) }),
        labels: ClassLabels([Int32](repeating: 0, count: images)))
      let precision = separation.averagePrecisions[0] ?? 2
      #expect(precision <= 1 && precision > 1 - 1e-12)
    }
  }

  @Test("increasing changes of the scores and the order of images do not matter")
  func invariance() {
    var random = RandomSequence(Philox(seed: 8, purpose: .test))
    let scores = (0..<50).map { _ in Float(random.next(below: 20)) }
    let labels = (0..<50).map { _ in Int32(random.next(below: 3)) }
    let plain = ClassSeparation(ScoreOrder(scores), labels: ClassLabels(labels, classes: 3))
    let other = ClassSeparation(
      ScoreOrder(scores.map { 3 * $0 - 7 }), labels: ClassLabels(labels, classes: 3))
    #expect(plain == other)
    let order = random.permutation(50).map(Int.init)
    let dealt = ClassSeparation(
      ScoreOrder(order.map { scores[$0] }),
      labels: ClassLabels(order.map { labels[$0] }, classes: 3))
    #expect(plain == dealt)
  }

  @Test("experts are counted at and above a threshold, on the curve above it") func counts() {
    let experts = ExpertUnits(averagePrecisions: [
      [1, 0.5, 0.2, 0.7], nil, [0.5, 0.4, 0.2, 0.9],
    ])
    #expect(experts.count(0.5) == 3 && experts.count(0.9) == 2 && experts.count(0.95) == 1)
    #expect(experts.counts(0.5) == [3, nil, 2] && experts.multiple(0.5) == 2)
    #expect(experts.preferred == [0, 0, 0, 2] && experts.best == [1, 0.5, 0.2, 0.9])
    #expect(experts.experts(of: 2, 0.5) == [0, 3] && experts.experts(of: 1, 0.5).isEmpty)
    let curve = experts.curve
    #expect(curve.count == 501 && curve[0].units == 2 && curve[0].threshold == 0.5)
    #expect(curve[399].units == 2 && curve[400].units == 1)
    #expect(curve[499].units == 1 && curve[500].units == 0)
    #expect(experts.largestByClass == .value(0.95))
    // Three and two experts: (|3 - 2| * 2) / (2 * 4 * 2.5).
    #expect(abs((experts.gini(0.5).number ?? 0) - 0.1) < 1e-15)
    #expect(experts.gini(1.1).reason == "no experts")
    #expect(ExpertUnits(averagePrecisions: [nil, nil]).largestByClass.number == nil)
  }

  @Test("the Gini coefficient of equal and of concentrated values") func gini() {
    #expect(Gini.coefficient([2, 2, 2]) == .value(0))
    #expect(abs((Gini.coefficient([0, 0, 0, 8]).number ?? 0) - 0.75) < 1e-15)
    #expect(abs((Gini.coefficient([4, 1, 3, 2]).number ?? 0) - 0.25) < 1e-15)
    #expect(Gini.coefficient([]).number == nil && Gini.coefficient([0, 0]).number == nil)
  }

  @Test("a block of experts is closer than permuted positions allow") func clustered() {
    let layout = UnitLayout(Sheet(rows: 11, columns: 11))
    let clustering = GroupClustering([[0, 1, 11, 12], [120]], layout: layout)
    #expect(abs((clustering.distance.number ?? 0) - 1.1380711875) < 1e-9)
    #expect((clustering.probability.number ?? 1) < 0.002)
    #expect((clustering.z.number ?? 0) < -3)
    #expect(abs((clustering.ratio.number ?? 0) - 1.13807 / 5.75855) < 0.01)
    #expect(clustering == GroupClustering([[0, 1, 11, 12], [120]], layout: layout))
    // The same at positions in other units, moved and rotated.
    let angle = UnitLayout(
      positions: layout.positions.map { [3 - 2 * $0[1], 2 * $0[0] + 5, 1] },
      neighbors: layout.neighbors)
    let other = GroupClustering([[0, 1, 11, 12], [120]], layout: angle)
    #expect(other.probability == clustering.probability)
    #expect(abs((other.z.number ?? 0) - (clustering.z.number ?? 1)) < 1e-9)
  }

  @Test("clustering is undefined without pairs and where positions do not matter")
  func clusteringEdges() {
    let layout = UnitLayout(Sheet(rows: 2, columns: 3))
    let none = GroupClustering([[1], []], layout: layout)
    #expect(none.distance.reason == "no group has two units" && none.probability.number == nil)
    let all = GroupClustering([Array(0..<6)], layout: layout, permutations: 50)
    #expect(all.probability == .value(1) && all.z.number == nil)
    #expect(abs((all.ratio.number ?? 0) - 1) < 1e-12)
    let point = UnitLayout(positions: [[1, 1], [1, 1], [1, 1]])
    let same = GroupClustering([[0, 1]], layout: point, permutations: 50)
    #expect(same.distance == .value(0) && same.ratio.number == nil && same.z.number == nil)
    #expect(same.probability == .value(1))
    #expect(GroupClustering([[0]], layout: UnitLayout(Sheet(rows: 1, columns: 1))).z.number == nil)
  }

  @Test("random groups are found clustered at the nominal rate", arguments: [0.05, 0.2])
  func falsePositives(level: Double) {
    let layout = UnitLayout(Sheet(rows: 1, columns: 33))
    let draws = 300
    let found = (0..<draws).count { seed in
      var random = RandomSequence(Philox(seed: UInt64(seed), purpose: .test, stream: 5))
      let order = random.permutation(33).map(Int.init)
      let clustering = GroupClustering(
        [Array(order[0..<5]), Array(order[5..<9])], layout: layout, permutations: 99,
        seed: UInt64(seed))
      return (clustering.probability.number ?? 1) <= level + 1e-9
    }
    // Within three standard errors of the level.
    let error = 3 * (level * (1 - level) / Double(draws)).squareRoot()
    #expect(abs(Double(found) / Double(draws) - level) < error)
  }
}
