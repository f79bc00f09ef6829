import Testing
import TopoCompute

@testable import TopoVerification

/// Worked values and properties of the neighbor penalties.
@Suite("Reference penalties") struct ReferencePenaltyTests {
  private let graph = Reference.mooreGraph(rows: 11, columns: 11)

  private func penalty(
    _ metric: PenaltyMetric, _ graph: NeighborGraph, _ rows: Dense
  ) -> (value: Double, gradient: Dense) {
    Reference.neighborPenalty(
      metric, graph: graph,
      matrix: PenaltyMatrix(
        units: rows.shape[0], features: rows.shape[1], unitStride: rows.shape[1],
        featureStride: 1), values: rows)
  }

  /// A row for each unit of an 11 x 11 sheet.
  private func sheet(_ row: (_ row: Int, _ column: Int) -> [Double]) -> Dense {
    let rows = (0..<121).map { row($0 / 11, $0 % 11) }
    return Dense([121, rows[0].count], Array(rows.joined()))
  }

  /// The graph keeps weights as `float32`, which is this near.
  private func near(_ a: Double, _ b: Double) -> Bool { abs(a - b) < 1e-7 }

  @Test(
    "number of pairs",
    arguments: [(11, 11, 420), (8, 8, 210), (3, 3, 20), (2, 3, 11), (2, 2, 6), (1, 5, 4)])
  func pairs(rows: Int, columns: Int, count: Int) {
    let graph = Reference.mooreGraph(rows: rows, columns: columns)
    #expect(graph.pairs.count == count)
    #expect(Set(graph.pairs).count == count)
    #expect(graph.pairs.allSatisfy { $0.first < $0.second })
    #expect(abs(graph.pairs.reduce(0) { $0 + Double($1.weight) } - 1) < 1e-6)
  }

  @Test("Euclidean: 2 x 2 by hand") func euclideanByHand() {
    let graph = Reference.mooreGraph(rows: 2, columns: 2)
    let (value, gradient) = penalty(
      .euclidean, graph, Dense([4, 2], [0, 0, 3, 4, 0, 0, 0, 0]))
    #expect(near(value, 2.5))
    let expected = [-0.1, -2.0 / 15, 0.3, 0.4, -0.1, -2.0 / 15, -0.1, -2.0 / 15]
    #expect(zip(gradient.values, expected).allSatisfy(near))
  }

  @Test("Euclidean: the row index") func euclideanRamp() {
    let (value, gradient) = penalty(.euclidean, graph, sheet { row, _ in [Double(row)] })
    #expect(near(value, 310.0 / 420))
    #expect(near(gradient.values[0], -2.0 / 420))
    #expect(near(gradient.values[5], -3.0 / 420))
    #expect(near(gradient.values[5 * 11 + 5], 0))
  }

  @Test("Euclidean: a chequerboard") func euclideanChequerboard() {
    let (value, gradient) = penalty(
      .euclidean, graph, sheet { [Double(($0 + $1) % 2)] })
    #expect(near(value, 220.0 / 420))
    #expect(near(gradient.values[0], -2.0 / 420))
    #expect(near(gradient.values[5 * 11 + 5], -4.0 / 420))
  }

  @Test("Euclidean: positions give the mean distance of neighbors") func euclideanPositions() {
    let (value, _) = penalty(.euclidean, graph, sheet { [Double($0), Double($1)] })
    #expect(near(value, (220 + 200 * 2.0.squareRoot()) / 420))
    #expect(near(value, 1.1972445535))
  }

  @Test("Euclidean: equal rows have neither value nor gradient") func euclideanConstant() {
    let (value, gradient) = penalty(.euclidean, graph, sheet { _, _ in [0.3, -2] })
    #expect(value == 0 && gradient.values.allSatisfy { $0 == 0 })
  }

  @Test("Euclidean: differences of 1e-20 have the gradient of any other") func euclideanTiny() {
    let graph = Reference.mooreGraph(rows: 1, columns: 2)
    let (value, gradient) = penalty(.euclidean, graph, Dense([2, 2], [3e-20, 4e-20, 0, 0]))
    #expect(abs(value - 5e-20) < 1e-26)
    #expect(zip(gradient.values, [0.6, 0.8, -0.6, -0.8]).allSatisfy(near))
  }

  @Test("cosine and correlation: alternating columns") func alternating() {
    let columns = sheet { $1 % 2 == 0 ? [1, 0] : [0, 1] }
    #expect(near(penalty(.cosine, graph, columns).value, 310.0 / 420))
    // The constant in the denominator is felt where the centered rows are short.
    #expect(near(penalty(.correlation, graph, columns).value, 620.0 / 420))
  }

  @Test("cosine and correlation: two halves") func halves() {
    let halves = sheet { row, _ in row < 6 ? [1, 2, 3] : [3, 2, 1] }
    #expect(near(penalty(.cosine, graph, halves).value, 31 * (2.0 / 7) / 420))
    #expect(near(penalty(.correlation, graph, halves).value, 62.0 / 420))
  }

  @Test("cosine and correlation: rows without direction have value 1 and no gradient")
  func withoutDirection() {
    let graph = Reference.mooreGraph(rows: 1, columns: 2)
    let zero = penalty(.cosine, graph, Dense([2, 3], [0, 0, 0, 1, 2, 3]))
    #expect(zero.value == 1 && zero.gradient.values.allSatisfy { $0 == 0 })
    let constant = penalty(.correlation, graph, Dense([2, 3], [0.1, 0.1, 0.1, 1, 2, 3]))
    #expect(constant.value == 1 && constant.gradient.values.allSatisfy { $0 == 0 })
    let single = penalty(.correlation, self.graph, testDense("single", [121, 1]))
    #expect(near(single.value, 1) && single.gradient.values.allSatisfy { $0 == 0 })
  }

  @Test("gradients against central differences", arguments: PenaltyMetric.allCases)
  func gradient(metric: PenaltyMetric) {
    let graph = Reference.mooreGraph(rows: 4, columns: 3)
    let rows = testDense("rows", [12, 5])
    expectGradient(
      penalty(metric, graph, rows).gradient.values,
      of: { penalty(metric, graph, Dense(rows.shape, $0)).value }, at: rows.values)
  }

  @Test("gradients through strides", arguments: PenaltyMetric.allCases)
  func stridedGradient(metric: PenaltyMetric) {
    let graph = Reference.mooreGraph(rows: 2, columns: 3)
    let tensor = testDense("tensor", [4, 8])
    let matrix = PenaltyMatrix(units: 6, features: 4, unitStride: 1, featureStride: 8)
    func penalty(_ values: [Double]) -> (value: Double, gradient: Dense) {
      Reference.neighborPenalty(
        metric, graph: graph, matrix: matrix, values: Dense(tensor.shape, values))
    }
    expectGradient(
      penalty(tensor.values).gradient.values, of: { penalty($0).value }, at: tensor.values)
  }

  @Test("Euclidean: translation, Euler's identity, bound") func euclideanProperties() {
    let rows = testDense("rows", [121, 64])
    let (value, gradient) = penalty(.euclidean, graph, rows)
    for feature in 0..<64 {
      let sum = (0..<121).reduce(0) { $0 + gradient.values[$1 * 64 + feature] }
      #expect(abs(sum) < 1e-12)
    }
    #expect(abs(project(rows, onto: gradient) - value) < 1e-12)
    var degrees = [Int](repeating: 0, count: 121)
    for pair in graph.pairs {
      degrees[pair.first] += 1
      degrees[pair.second] += 1
    }
    for unit in 0..<121 {
      let row = gradient.values[unit * 64..<(unit + 1) * 64]
      let norm = row.reduce(0) { $0 + $1 * $1 }.squareRoot()
      #expect(norm <= Double(degrees[unit]) / 420 + 1e-8)
    }
  }

  @Test("cosine and correlation: degree zero, rows' scale does not matter, rows' sums")
  func directionProperties() {
    let rows = testDense("rows", [121, 16])
    var scaled = rows
    for index in scaled.values.indices { scaled.values[index] *= Double(1 + index / 16 % 5) }
    for metric in [PenaltyMetric.cosine, .correlation] {
      let (value, gradient) = penalty(metric, graph, rows)
      #expect(abs(project(rows, onto: gradient)) < 1e-8)
      #expect(abs(penalty(metric, graph, scaled).value - value) < 1e-8)
      if metric == .correlation {
        for unit in 0..<121 {
          #expect(abs(gradient.values[unit * 16..<(unit + 1) * 16].reduce(0, +)) < 1e-14)
        }
      }
    }
  }

  @Test("the sheet's eight symmetries change nothing", arguments: PenaltyMetric.allCases)
  func symmetries(metric: PenaltyMetric) {
    let rows = testDense("rows", [121, 3])
    let value = penalty(metric, graph, rows).value
    let symmetries: [(Int, Int) -> (Int, Int)] = [
      { ($0, $1) }, { ($1, 10 - $0) }, { (10 - $0, 10 - $1) }, { (10 - $1, $0) },
      { ($1, $0) }, { ($0, 10 - $1) }, { (10 - $1, 10 - $0) }, { (10 - $0, $1) },
    ]
    for symmetry in symmetries {
      let moved = sheet { row, column in
        let (row, column) = symmetry(row, column)
        return (0..<3).map { rows.values[(row * 11 + column) * 3 + $0] }
      }
      #expect(abs(penalty(metric, graph, moved).value - value) < 1e-12)
    }
  }

  @Test("activations: 2 x 2 by hand") func activationsByHand() {
    let matrix = PenaltyMatrix(units: 4, features: 2, unitStride: 1, featureStride: 4)
    let (value, gradient) = Reference.neighborPenalty(
      .euclidean, graph: Reference.mooreGraph(rows: 2, columns: 2), matrix: matrix,
      values: Dense([2, 4], [0, 3, 0, 0, 0, 4, 0, 0]))
    #expect(near(value, 2.5))
    let expected = [-0.1, 0.3, -0.1, -0.1, -2.0 / 15, 0.4, -2.0 / 15, -2.0 / 15]
    #expect(zip(gradient.values, expected).allSatisfy(near))
  }

  @Test(
    "the order of images matters only to the un-transposed layout",
    arguments: PenaltyMetric.allCases)
  func imageOrder(metric: PenaltyMetric) {
    let activations = testDense("activations", [64, 121])
    let shifted = Dense(
      activations.shape, Array(activations.values[121...] + activations.values[..<121]))
    func value(_ values: Dense, _ unitStride: Int, _ featureStride: Int) -> Double {
      Reference.neighborPenalty(
        metric, graph: graph,
        matrix: PenaltyMatrix(
          units: 121, features: 64, unitStride: unitStride, featureStride: featureStride),
        values: values
      ).value
    }
    #expect(abs(value(activations, 1, 121) - value(shifted, 1, 121)) < 1e-12)
    #expect(abs(value(activations, 64, 1) - value(shifted, 64, 1)) > 1e-6)
  }
}
