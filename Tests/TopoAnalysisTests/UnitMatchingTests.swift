import Testing
import TopoFoundation

@testable import TopoAnalysis

@Suite("Matching of units") struct UnitMatchingTests {
  /// The best sum by trying all orders.
  private func exhaustive(_ scores: [Double], _ size: Int) -> Double {
    func best(_ row: Int, _ used: Set<Int>) -> Double {
      guard row < size else { return 0 }
      return (0..<size).filter { !used.contains($0) }.map {
        scores[row * size + $0] + best(row + 1, used.union([$0]))
      }.max() ?? 0
    }
    return best(0, [])
  }

  @Test("assignments are the best of all", arguments: 1...6) func assignment(size: Int) {
    var samples = RepresentationSamples(UInt64(size))
    for _ in 0..<5 {
      let scores = samples.normal(size * size)
      let found = Assignment.maximum(scores: scores, rows: size, columns: size)
      let columns = found.compactMap { $0 }
      #expect(Set(columns).count == size)
      let sum = columns.enumerated().reduce(0) { $0 + scores[$1.offset * size + $1.element] }
      #expect(abs(sum - exhaustive(scores, size)) < 1e-12)
    }
  }

  @Test("rows or columns may be left over") func rectangles() {
    #expect(Assignment.maximum(scores: [1, 5, 2], rows: 1, columns: 3) == [1])
    #expect(Assignment.maximum(scores: [1, 5, 2], rows: 3, columns: 1) == [nil, 0, nil])
    #expect(Assignment.maximum(scores: [], rows: 2, columns: 0) == [nil, nil])
    #expect(Assignment.maximum(scores: [], rows: 0, columns: 2) == [])
    #expect(
      Assignment.maximum(scores: [3, 3, 3, 3], rows: 2, columns: 2).compactMap { $0 }.sorted()
        == [0, 1])
  }

  @Test("permuted, scaled and shifted units are found again", arguments: [1, 3, 31])
  func permuted(units: Int) {
    var samples = RepresentationSamples(9)
    let data = samples.matrix(40, units)
    let order = samples.permutation(units)
    let moved = FeatureMatrix(
      (0..<40).flatMap { row in
        order.map { 2 * data.values[row * units + $0] + Double($0) }
      }, columns: units)
    let found = UnitMatching(moved, data)
    #expect(found.partners == order)
    for value in [found.correlation, found.heldOutCorrelation, found.softCorrelation] {
      #expect(abs(value.orNaN - 1) < 1e-12)
    }
  }

  @Test("unrelated units correlate by choice, but not on other images") func heldOut() {
    var (chosen, held) = (0.0, 0.0)
    for seed in 0..<10 {
      var samples = RepresentationSamples(UInt64(100 + seed))
      let found = UnitMatching(samples.matrix(40, 15), samples.matrix(40, 15))
      chosen += found.correlation.orNaN / 10
      held += found.heldOutCorrelation.orNaN / 10
    }
    #expect(chosen > 0.15 && abs(held) < 0.05)
  }

  @Test("constant units take no part") func constantUnits() {
    var samples = RepresentationSamples(10)
    let data = samples.matrix(20, 4)
    var values = data.values
    for image in 0..<20 { values[image * 4 + 1] = 0.25 }
    let found = UnitMatching(FeatureMatrix(values, columns: 4), data)
    #expect(found.partners[1] == nil && found.correlations[1].reason == "constant responses")
    #expect(found.partners[0] == 0 && found.partners[3] == 3)
    // Three units share the mass of four: two thirds of each unit's own at least.
    #expect(found.softCorrelation.orNaN < 1 && found.softCorrelation.orNaN > 0.6)
    let zeros = FeatureMatrix([Double](repeating: 0, count: 80), columns: 4)
    let none = UnitMatching(zeros, data)
    #expect(none.correlation.number == nil && none.softCorrelation.number == nil)
    #expect(none.heldOutCorrelation.number == nil)
    #expect(UnitMatching(samples.matrix(1, 3), samples.matrix(1, 3)).correlation.number == nil)
  }

  @Test("copies of units share the mass of the unit") func soft() {
    var samples = RepresentationSamples(11)
    let data = samples.matrix(30, 3)
    let twice = FeatureMatrix(
      (0..<30).flatMap { row in (0..<6).map { data.values[row * 3 + $0 / 2] } }, columns: 6)
    #expect(abs(UnitMatching(data, twice).softCorrelation.orNaN - 1) < 1e-12)
    #expect(abs(UnitMatching(twice, data).softCorrelation.orNaN - 1) < 1e-12)
    #expect(UnitMatching(twice, data).partners.count { $0 == nil } == 3)
  }

  @Test("transport of equal sizes is the assignment", arguments: [1, 3, 8]) func equal(size: Int) {
    var samples = RepresentationSamples(12)
    let scores = samples.normal(size * size)
    let found = Assignment.maximum(scores: scores, rows: size, columns: size)
    let sum = found.enumerated().reduce(0) { $0 + scores[$1.offset * size + ($1.element ?? 0)] }
    let plan = TransportPlan.maximum(scores: scores, rows: size, columns: size)
    #expect(abs(plan.orNaN - sum / Double(size)) < 1e-12)
  }
}
