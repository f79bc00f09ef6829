import Testing
import TopoFoundation
import TopoSheets

@testable import TopoAnalysis

@Suite("Comparisons of populations") struct PopulationComparisonTests {
  typealias Network = (condition: String, seed: UInt64, layer: LayerData)

  private func pair(_ first: UInt64, _ second: UInt64, _ value: Double) -> SeedPairSummary.Pair {
    .init(first: first, second: second, value: .value(value))
  }

  @Test("the jackknife of the specification") func jackknife() {
    let summary = SeedPairSummary([pair(0, 1, 0.9), pair(0, 2, 0.6), pair(1, 2, 0.3)])
    #expect(abs(summary.mean.orNaN - 0.6) < 1e-12)
    #expect(abs(summary.standardError.orNaN - 0.3464101615) < 1e-10)
    #expect(summary.pairs == 3 && summary.sameSeedPairs == 0)
    #expect(summary.sameSeedMean.number == nil)
  }

  @Test("pairs of one seed are apart; undefined ones are counted") func sameSeed() {
    let summary = SeedPairSummary([
      pair(0, 0, 1), pair(1, 1, 0.8), pair(0, 1, 0.2), pair(1, 0, 0.4),
      .init(first: 0, second: 2, value: .undefined("constant values")),
    ])
    #expect(abs(summary.mean.orNaN - 0.3) < 1e-12 && summary.pairs == 2)
    #expect(abs(summary.sameSeedMean.orNaN - 0.9) < 1e-12 && summary.undefined == 1)
    #expect(summary.standardError.reason == "leaving out a seed leaves no pairs")
    #expect(SeedPairSummary([]).mean.number == nil)
  }

  @Test("two conditions of three seeds have 3 pairs within each and 6 between") func conditions() {
    let members = ["a", "b"].flatMap { condition in
      (0..<3).map { PopulationSimilarities.Member(condition: condition, seed: UInt64($0)) }
    }
    let pairs = (0..<15).map { MeasuredValue.value(Double($0)) }
    let all = PopulationSimilarities(measure: "m", members: members, pairs: pairs)
    #expect(all.conditions == ["a", "b"])
    #expect(all.summary("a", "a").pairs == 3 && all.summary("b", "a").pairs == 6)
    #expect(all.summary("a", "b").sameSeedPairs == 3)
    #expect(all.within.pairs == 6 && all.between.pairs == 6 && all.between.sameSeedPairs == 3)
    // Pairs (0, 1), (0, 2), (1, 2) have numbers 0, 1 and 5.
    #expect(all.summary("a", "a").mean == .value(2))
    #expect(all[4, 1] == all[1, 4] && all[1, 4] == .value(7) && all[2, 2] == nil)
    #expect(all.summaryTable.rows.count == 3 && all.table.rows[0][0] == nil)
    #expect(all.table.columns[4] == "b seed 1")
  }

  @Test("a population of layers: every measure has its values") func population() throws {
    var samples = RepresentationSamples(1)
    let layout = UnitLayout(Sheet(rows: 3, columns: 3))
    let base = samples.layer(images: 40, units: 9, layout: layout, inputs: 5)
    func noisy(_ size: Double) -> LayerData {
      var layer = base
      layer.activations = Activations(
        zip(base.activations.values, samples.normal(360)).map { $0 + Float(size * $1) }, units: 9)
      return layer
    }
    // Networks of a are alike, those of b are not; seed 1 is the same network in both.
    let shared = noisy(0.1)
    let networks: [Network] = [
      ("a", 0, noisy(0.1)), ("a", 1, shared), ("a", 2, noisy(0.1)), ("b", 0, noisy(3)),
      ("b", 1, shared), ("b", 2, noisy(3)),
    ]
    let comparison = try PopulationComparison(networks, imagesPerClass: 8, draws: 19)
    #expect(comparison.images.count == 24)
    var shares: [Double] = []
    let found = try comparison.similarities { shares.append($0) }
    #expect(shares == shares.sorted() && shares.first == 0 && shares.last == 1)
    #expect(Set(shares).count > 8)
    #expect(found.map(\.measure) == PopulationComparison.measures.map(\.name))
    for similarities in found {
      #expect(similarities.pairs.allSatisfy { $0.number != nil }, "\(similarities.measure)")
      guard let one = similarities[1, 4]?.number else { continue }
      if !similarities.measure.contains("probability") {
        #expect(abs(one - 1) < 1e-9, "\(similarities.measure)")
        if !similarities.measure.contains("weights") {
          #expect(
            similarities.summary("a", "a").mean.orNaN > similarities.summary("b", "b").mean.orNaN)
        }
      }
    }
    let result = try comparison.result()
    #expect(result["cka-debiased-pre-relu-between-same-seed"]?.number != nil)
    #expect(result["rsa-pearson-post-relu-within-standard-error"]?.number != nil)
    #expect(result["unit-matching-correlation-undefined"] == .value(0))
    #expect(result.tables.count == 2 * found.count)
  }

  @Test("units in another order: matching and RDMs of images stay, maps and weights change")
  func unitOrder() throws {
    var samples = RepresentationSamples(2)
    let layout = UnitLayout(Sheet(rows: 3, columns: 3))
    let base = samples.layer(images: 30, units: 9, layout: layout, inputs: 4)
    let order = [3, 1, 4, 0, 5, 8, 2, 6, 7]
    let moved = reordered(base, order)
    let comparison = try PopulationComparison(
      [("a", 0, base), ("a", 1, moved)], imagesPerClass: 5, draws: 9)
    var values: [String: Double] = [:]
    for similarities in try comparison.similarities() {
      values[similarities.measure] = similarities.pairs[0].number
    }
    for name in [
      "rsa-pearson-pre-relu", "rsa-spearman-class-means-post-relu", "cka-linear-pre-relu",
      "cka-debiased-post-relu", "unit-matching-correlation", "unit-matching-held-out-correlation",
    ] { #expect(abs((values[name] ?? 0) - 1) < 1e-9, "\(name)") }
    for name in ["rsa-pearson-weights", "map-correlation-class-means"] {
      #expect((values[name] ?? 1) < 0.9, "\(name)")
    }
  }

  @Test("a sheet in another orientation aligns in maps and weights") func orientation() throws {
    var samples = RepresentationSamples(3)
    let sheet = Sheet(rows: 3, columns: 3)
    let base = samples.layer(images: 20, units: 9, layout: UnitLayout(sheet), inputs: 4)
    let moved = reordered(base, SheetSymmetry.all(of: sheet)[5].order(on: sheet))
    let comparison = try PopulationComparison([("a", 0, base), ("a", 1, moved)], draws: 99)
    for similarities in try comparison.similarities()
    where similarities.measure.hasSuffix("aligned") {
      let value = similarities.pairs[0].orNaN
      if similarities.measure.contains("probability") {
        #expect(value <= 0.05)
      } else {
        #expect(abs(value - 1) < 1e-9, "\(similarities.measure)")
      }
    }
  }

  /// The units of a layer in another order, at the same positions.
  private func reordered(_ layer: LayerData, _ order: [Int]) -> LayerData {
    var moved = layer
    moved.activations = Activations(
      (0..<layer.activations.images).flatMap { image in
        order.map { layer.activations[image, $0] }
      }, units: order.count)
    moved.weights = layer.weights.map { weights in
      LayerData.Weights(order.flatMap { weights.row($0).map { Float($0) } }, inputs: weights.inputs)
    }
    return moved
  }

  @Test("layers of other sizes and without arrays: what cannot be compared is undefined")
  func missing() throws {
    var samples = RepresentationSamples(4)
    let first = samples.layer(images: 20, units: 5, layout: UnitLayout(Sheet(rows: 1, columns: 5)))
    var second = samples.layer(images: 20, units: 3)
    second.labels = first.labels
    let comparison = try PopulationComparison([("a", 0, first), ("b", 1, second)], draws: 9)
    let result = try comparison.result()
    #expect(result["rsa-pearson-pre-relu-between"]?.number != nil)
    #expect(result["cka-linear-pre-relu-between"]?.number != nil)
    #expect(result["soft-matching-correlation-between"]?.number != nil)
    for name in ["rsa-pearson-weights", "map-correlation-class-means-aligned"] {
      #expect(result["\(name)-between"]?.number == nil)
      #expect(result["\(name)-undefined"] == .value(1))
    }
    // One image and no labels: nothing varies.
    let one = LayerData(activations: Activations([1, 2, 3], units: 3))
    let lone = try PopulationComparison([("a", 0, one), ("a", 1, one)], draws: 9).result()
    #expect(lone.scalars.allSatisfy { $0.value.number == nil || $0.measure.hasSuffix("undefined") })
    #expect(try PopulationComparison([("a", 0, one)]).result()["cka-linear-pre-relu-within"] != nil)
  }

  @Test("networks must have responded to the same images") func errors() throws {
    let (one, two) = (
      LayerData(activations: Activations([1, 2], units: 1)),
      LayerData(activations: Activations([1, 2], units: 2))
    )
    #expect(throws: UserError.self) { try PopulationComparison([]) }
    #expect(throws: UserError.self) { try PopulationComparison([("a", 0, one), ("a", 1, two)]) }
    var labeled = one
    labeled.labels = ClassLabels([0, 1])
    #expect(throws: UserError.self) {
      try PopulationComparison([("a", 0, one), ("a", 1, labeled)])
    }
  }

  @Test("memory grows with responses of all networks and the largest of their matrices")
  func memory() {
    let layer = PopulationComparison.Size(units: 121, inputs: 64)
    let one = PopulationComparison.memoryUse([layer], images: 10_000)
    // Responses and the dissimilarities of 1,000 images.
    #expect(one == 4 * 121 * 10_000 + 12 * 1_000_000)
    #expect(PopulationComparison.memoryUse([layer, layer], images: 10_000) == 2 * one)
    let wide = PopulationComparison.Size(units: 4096, inputs: 0)
    #expect(PopulationComparison.memoryUse([wide], images: 0) == 12 * 4096 * 4096)
    #expect(PopulationComparison.memoryUse([], images: 5) == 0)
  }
}
