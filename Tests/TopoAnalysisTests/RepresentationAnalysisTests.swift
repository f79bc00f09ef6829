import Testing
import TopoFoundation
import TopoSheets

@testable import TopoAnalysis

@Suite("The analysis of representations") struct RepresentationAnalysisTests {
  private func check(_ result: AnalysisResult, isCompared: Bool = false) {
    let described = RepresentationAnalysis.measures.map(\.name)
      .filter { isCompared || !$0.hasPrefix("rsa-external") }
    #expect(
      result.scalars.map(\.measure) == described,
      "every measure is described, in order")
    #expect(result.scalars.allSatisfy { $0.value.number?.isFinite ?? true })
    #expect(result.tables.flatMap(\.rows).joined().allSatisfy { $0?.isFinite ?? true })
  }

  @Test("it is in the catalog") func catalog() {
    #expect(AnalysisCatalog.kinds.contains { $0 == RepresentationAnalysis.self })
    #expect(RepresentationAnalysis().cost(images: 10_000, units: 121) > 1e8)
  }

  @Test("a layer with everything", arguments: [3, 33]) func layer(units: Int) throws {
    var samples = RepresentationSamples(1)
    let layer = samples.layer(images: 50, units: units, inputs: 6)
    let result = try RepresentationAnalysis().result(for: LayerStatistics(layer))
    check(result)
    let direct = try EffectiveDimensionality(FeatureMatrix(layer.activations))
    #expect(result["effective-dimensionality-pre-relu"] == direct.participationRatio)
    #expect(result["effective-dimensionality-entropy-weights"]?.number != nil)
    #expect(
      result.tables.map(\.name) == [
        "eigenvalues", "dissimilarities-class-means-pre-relu",
        "dissimilarities-class-means-post-relu",
      ])
    #expect(result.tables[0].rows.count == units)
    #expect(result.tables[1].rows.count == 3 && result.tables[1].rows[0][0] == 0)
    let large = try RepresentationAnalysis().withLargeTables().result(for: LayerStatistics(layer))
    #expect(large.tables.first { $0.name == "chosen-images" }?.rows.count == 50)
    #expect(result["rsa-external-pearson-pre-relu"] == nil)
  }

  @Test("given dissimilarities are compared with all rows of their number") func external() throws {
    var samples = RepresentationSamples(2)
    let layer = samples.layer(images: 40, units: 5, classes: 4, inputs: 6)
    let images = ImageChoice.of(layer, perClass: 5)
    let own = DissimilarityMatrix(
      FeatureMatrix(layer.activations.selecting(images: images).rectified()))
    let result = try RepresentationAnalysis(
      imagesPerClass: 5, external: own, includesImageTables: true
    ).result(for: LayerStatistics(layer))
    check(result, isCompared: true)
    #expect(abs((result["rsa-external-pearson-post-relu"]?.number ?? 0) - 1) < 1e-12)
    #expect(abs((result["rsa-external-spearman-post-relu"]?.number ?? 0) - 1) < 1e-12)
    #expect((result["rsa-external-r-squared-pre-relu"]?.number ?? 1) < 1)
    #expect(
      result["rsa-external-pearson-weights"]?.reason
        == "given dissimilarities are of 20 items, not of 5")
    #expect(result.tables.contains { $0.name == "dissimilarities-pre-relu" && $0.rows.count == 20 })
    let classes = try RepresentationAnalysis(
      external: DissimilarityMatrix(items: 4, entries: [1, 2, 3, 4, 5, 6])
    ).result(for: LayerStatistics(layer))
    #expect(classes["rsa-external-pearson-class-means-pre-relu"]?.number != nil)
    // The same of six classes, of which two have no images.
    var sparse = layer
    sparse.labels = layer.labels.map { labels in
      ClassLabels(labels.values.map { [0, 2, 3, 5][Int($0)] }, classes: 6)
    }
    let six = try RepresentationAnalysis(
      external: DissimilarityMatrix(
        items: 6, entries: [9, 1, 2, 9, 3, 9, 9, 9, 9, 4, 9, 5, 9, 6, 9])
    ).result(for: LayerStatistics(sparse))
    #expect(
      six["rsa-external-pearson-class-means-pre-relu"]
        == classes["rsa-external-pearson-class-means-pre-relu"])
    #expect(six.tables.last?.columns == ["0", "2", "3", "5"])
  }

  @Test("dead and constant units, dead images and a missing class") func dead() throws {
    var samples = RepresentationSamples(3)
    let base = samples.layer(images: 30, units: 4)
    var values = base.activations.values
    for image in 0..<30 { (values[image * 4], values[image * 4 + 1]) = (-1, 0.5) }
    // No unit responds to image 7.
    for unit in 0..<4 { values[7 * 4 + unit] = -Float(unit + 1) }
    let layer = LayerData(
      activations: Activations(values, units: 4),
      labels: ClassLabels((0..<30).map { Int32($0 % 3) }, classes: 4))
    let result = try RepresentationAnalysis().result(for: LayerStatistics(layer))
    check(result)
    #expect(result["dissimilarities-post-relu-undefined"] == .value(29))
    #expect(result["dissimilarities-pre-relu-undefined"] == .value(0))
    #expect(result["dissimilarities-class-means-pre-relu-undefined"] == .value(0))
    #expect(result["effective-dimensionality-weights"]?.reason == "the layer has no weights")
    #expect(result["rsa-external-pearson-weights"] == nil)
  }

  @Test("one image, one unit, all zeros") func degenerate() throws {
    for values in [[1, 2, 3], [1], [0, 0, 0, 0, 0, 0]] as [[Float]] {
      for units in [1, values.count] {
        let layer = LayerData(activations: Activations(values, units: units))
        check(try RepresentationAnalysis().result(for: LayerStatistics(layer)))
      }
    }
    let none = LayerData(activations: Activations([], units: 2))
    check(try RepresentationAnalysis().result(for: LayerStatistics(none)))
  }
}
