import Testing
import TopoFoundation
import TopoSheets

@testable import TopoAnalysis

@Suite("Analysis of organization") struct OrganizationAnalysisTests {
  private func analysis(permutations: Int = 19, shuffles: Int = 9) -> OrganizationAnalysis {
    var analysis = OrganizationAnalysis()
    (analysis.permutations, analysis.shuffles) = (permutations, shuffles)
    return analysis
  }

  private func result(_ layer: LayerData) throws -> AnalysisResult {
    try analysis().result(for: LayerStatistics(layer))
  }

  @Test("results are the measures, in order, with values or reasons") func names() throws {
    let names = OrganizationAnalysis.measures.map(\.name)
    #expect(Set(names).count == names.count)
    var layer = MadeUp.smooth(rows: 6, columns: 7, images: 40, classes: 4, seed: 1)
    layer.weights = .init(MadeUp.values(42 * 5, seed: 2), inputs: 5)
    let found = try result(layer)
    #expect(found.scalars.map(\.measure) == names)
    let undefined = found.scalars.filter { $0.value.number == nil }.map(\.measure)
    #expect(undefined.allSatisfy { $0.hasPrefix("distance-of-correlated") })
    #expect(
      found.tables.map(\.name) == [
        "correlation-histogram", "correlation-by-distance",
      ])
    // Without anything but activations, the same measures.
    let bare = try result(LayerData(activations: layer.activations))
    #expect(bare.scalars.map(\.measure) == names)
    #expect(bare["correlation-mean-pre-relu"] == found["correlation-mean-pre-relu"])
    #expect(bare["morans-i-pre-relu"]?.reason == "the layer has no positions")
    #expect(bare["correlation-mean-class-means"]?.reason == "the layer has no labels")
  }

  @Test("values are those of the single measures and of other programs") func values() throws {
    let layer = try OrganizationFixture.load().layer
    let found = try result(layer.data)
    #expect(isNear(found["correlation-mean-pre-relu"], layer.mean))
    #expect(isNear(found["correlation-distance-spearman"], layer.spearman))
    #expect(isNear(found["correlation-distance-alignment"], layer.alignment))
    #expect(isNear(found["functional-distance-5"], layer.functional[1]))
    #expect(isNear(found["coactivation-distance"], layer.coactivation))
    #expect(isNear(found["smoothness-class-means"], layer.smoothness))
    let moran = MoransI(sheet: layer.sheet)
    let responses = moran.average(of: layer.values)
    #expect(
      found["morans-i-pre-relu"] == responses.mean
        && found["morans-i-pre-relu-undefined"] == .value(0))
    let rectified = moran.average(of: layer.data.activations.rectified().values)
    #expect(found["morans-i-post-relu"] == rectified.mean)
    let means = LayerStatistics(layer.data).classMeans.compactMap { $0.map(moran.value) }
    #expect(isNear(found["morans-i-class-means"], Statistics.mean(means.compactMap(\.number))))
  }

  @Test("an ordered sheet is found, and lost when units are dealt anew") func order() throws {
    let layer = MadeUp.smooth(rows: 7, columns: 7, images: 40, classes: 6, seed: 3)
    let ordered = try result(layer)
    #expect((ordered["morans-i-class-means"]?.number ?? 0) > 0.5)
    #expect((ordered["smoothness-class-means-z"]?.number ?? 0) > 3)
    #expect(ordered["functional-distance-5-p"] == .value(0.05))
    #expect((ordered["correlation-distance-spearman"]?.number ?? 0) > 0.3)
    var dealt = layer
    let order = Permutations(count: 1, seed: 4, stream: 9).order(0, of: 49).map { Int($0) }
    dealt.activations = MadeUp.reordered(layer.activations, order)
    let random = try result(dealt)
    #expect(abs(random["morans-i-class-means"]?.number ?? 1) < 0.3)
    #expect(
      isNear(random["correlation-mean-pre-relu"], ordered["correlation-mean-pre-relu"]?.number ?? 9)
    )
    #expect(
      isNear(random["correlation-dip-pre-relu"], ordered["correlation-dip-pre-relu"]?.number ?? 9))
  }

  @Test("symmetries of the sheet and positive scales do not matter") func invariance() throws {
    let layer = MadeUp.smooth(rows: 6, columns: 6, images: 30, classes: 3, seed: 5)
    let found = try result(layer)
    for order in MadeUp.symmetries(side: 6).suffix(2) {
      var other = layer
      other.activations = MadeUp.reordered(
        Activations(layer.activations.values.map { 4 * $0 }, units: 36), order)
      let moved = try result(other)
      for (a, b) in zip(found.scalars, moved.scalars) {
        // Nulls draw other permutations.
        let isNull = ["-null-mean", "-ratio", "-z", "-p", "-excess"].contains {
          a.measure.hasSuffix($0)
        }
        guard !isNull, let value = a.value.number else { continue }
        #expect(isNear(b.value, value, 1e-6), "\(a.measure)")
      }
    }
  }

  @Test("sheets and positions at the same places agree") func positions() throws {
    let layer = MadeUp.smooth(rows: 6, columns: 6, images: 30, classes: 3, seed: 6)
    let found = try result(layer)
    var other = layer
    let layout = try #require(layer.layout)
    other.layout = UnitLayout(
      positions: layout.positions.map { [$0[0], $0[1], 2] }, neighbors: layout.neighbors)
    let same = try result(other)
    #expect(same.scalars == found.scalars && same.tables == found.tables)
  }

  @Test("awkward layers have values or reasons", arguments: [1, 3, 31, 33, 121])
  func sizes(units: Int) throws {
    for images in [1, 2, 9] {
      let layer = LayerData(
        activations: MadeUp.activations(images: images, units: units, seed: 7),
        labels: ClassLabels((0..<images).map { Int32($0 % 2) }, classes: 3),
        layout: UnitLayout(Sheet(rows: 1, columns: units)))
      let found = try result(layer)
      #expect(found.scalars.map(\.measure) == OrganizationAnalysis.measures.map(\.name))
      #expect(found.scalars.allSatisfy { $0.value.number?.isFinite ?? true })
      if images == 1 { #expect(found["correlation-undefined-pre-relu"] == .value(Double(units))) }
    }
  }

  @Test("dead units and units on top of one another") func degenerate() throws {
    var layer = MadeUp.smooth(rows: 5, columns: 5, images: 20, classes: 2, seed: 8)
    var values = layer.activations.values
    for image in 0..<20 { for unit in 0..<5 { values[image * 25 + unit] = -1 } }
    layer.activations = Activations(values, units: 25)
    #expect(try result(layer)["correlation-undefined-pre-relu"] == .value(5))
    layer.layout = UnitLayout(positions: [[Double]](repeating: [1, 2], count: 25), neighbors: 4)
    let stacked = try result(layer)
    #expect(stacked["correlation-length"]?.number == nil)
    #expect(stacked["functional-distance-1"] == .value(0))
    #expect(stacked["functional-distance-1-ratio"]?.number == nil)
    // All units dead.
    layer.activations = Activations([Float](repeating: 0, count: 500), units: 25)
    let dead = try result(layer)
    #expect(
      dead["morans-i-pre-relu"]?.reason == "constant map"
        && dead["morans-i-pre-relu-undefined"] == .value(20))
    #expect(dead["coactivation-distance-undefined"] == .value(20))
  }

  @Test("results depend on the seed in nulls alone") func seeds() throws {
    let layer = MadeUp.smooth(rows: 6, columns: 6, images: 20, classes: 3, seed: 9)
    #expect(try result(layer) == (try result(layer)))
    var other = analysis()
    other.seed = 1
    let found = try other.result(for: LayerStatistics(layer))
    #expect(
      found["functional-distance-5-null-mean"]
        != (try result(layer))["functional-distance-5-null-mean"])
    #expect(found["functional-distance-5"] == (try result(layer))["functional-distance-5"])
  }
}
