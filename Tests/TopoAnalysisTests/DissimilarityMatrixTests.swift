import Testing
import TopoFoundation

@testable import TopoAnalysis

@Suite("Dissimilarity matrices") struct DissimilarityMatrixTests {
  private let first = FeatureMatrix([1, 2, 3, 2, 4, 6.5, 3, 1, 2, 0, 1, 0], columns: 3)
  private let second = FeatureMatrix([1, 2, 3, 3, 1, 2.5, 3, 1, 2, 0, 1, 0], columns: 3)

  @Test("the values of the specification") func values() {
    let matrix = DissimilarityMatrix(first)
    let expected = [0.0020512836, 1.5, 1, 1.443532763, 1.06401844, 1.866025404]
    for (value, other) in zip(matrix.entries, expected) { #expect(abs(value - other) < 1e-9) }
    #expect(matrix[2, 1] == matrix[1, 2] && matrix[3, 3] == 0)
    let similarity = RepresentationalSimilarity(matrix, DissimilarityMatrix(second))
    #expect(abs(similarity.pearson.orNaN - 0.0707240141) < 1e-10)
    #expect(abs(similarity.rSquared.orNaN - 0.0050018862) < 1e-10)
    #expect(abs(similarity.spearman.orNaN - 0.3142857143) < 1e-10)
    let own = RepresentationalSimilarity(matrix, matrix)
    #expect(abs(own.pearson.orNaN - 1) < 1e-12 && abs(own.spearman.orNaN - 1) < 1e-12)
  }

  @Test("all pairs at once agree with each pair") func pairs() throws {
    var samples = RepresentationSamples(2)
    var matrices = (0..<4).map { _ in DissimilarityMatrix(samples.matrix(9, 5)) }
    let constant = FeatureMatrix([Double](repeating: 1, count: 5) + samples.normal(40), columns: 5)
    matrices.append(DissimilarityMatrix(constant))
    let found = try RepresentationalSimilarity.pairs(matrices)
    var index = 0
    for a in 0..<5 {
      for b in (a + 1)..<5 {
        #expect(found[index] == RepresentationalSimilarity(matrices[a], matrices[b]))
        index += 1
      }
    }
    #expect(found.last?.entries == 28 && found.first?.entries == 36)
  }

  @Test("entries of constant rows are undefined and dropped from both sides") func constantRow() {
    let features = FeatureMatrix([1, 2, 3, 4, 4, 4, 3, 1, 2, 0, 1, 0], columns: 3)
    let matrix = DissimilarityMatrix(features)
    #expect(matrix.undefinedEntries == 3 && matrix[0, 1] == nil && matrix[0, 2] != nil)
    let similarity = RepresentationalSimilarity(matrix, DissimilarityMatrix(first))
    #expect(similarity.entries == 3 && similarity.pearson.number != nil)
    #expect(matrix.rows[1] == [nil, 0, nil, nil])
  }

  @Test("too few or constant entries have no similarity") func undefined() {
    let one = DissimilarityMatrix(FeatureMatrix([1, 2], columns: 2))
    #expect(RepresentationalSimilarity(one, one).pearson.number == nil)
    let two = DissimilarityMatrix(FeatureMatrix([1, 2, 3, 1, 4, 2], columns: 3))
    #expect(RepresentationalSimilarity(two, two).spearman.number == nil)
    let flat = DissimilarityMatrix(items: 3, entries: [1, 1, 1])
    #expect(RepresentationalSimilarity(flat, flat).rSquared.reason == "constant values")
  }

  @Test("the order of units and affine changes of rows change nothing") func invariances() {
    var samples = RepresentationSamples(3)
    let data = samples.matrix(6, 31)
    let order = samples.permutation(31)
    let moved = (0..<6).flatMap { row in
      order.map { 2.5 * data.values[row * 31 + $0] - Double(row) }
    }
    let (a, b) = (
      DissimilarityMatrix(data), DissimilarityMatrix(FeatureMatrix(moved, columns: 31))
    )
    for (x, y) in zip(a.entries, b.entries) { #expect(abs(x - y) < 1e-12) }
  }

  @Test("permuting items moves entries") func permuted() {
    let matrix = DissimilarityMatrix(first)
    let order = [2, 0, 3, 1]
    let moved = matrix.permuted(order)
    for a in 0..<4 {
      for b in 0..<4 { #expect(moved[a, b] == matrix[order[a], order[b]]) }
    }
  }

  @Test("matrices of files must be symmetric; NaN is undefined") func files() throws {
    let matrix = try DissimilarityMatrix(
      square: [0, 1, .nan, 1, 9, 2, .nan, 2, 0], items: 3)
    #expect(matrix[0, 1] == 1 && matrix[2, 0] == nil && matrix[1, 1] == 0)
    #expect(throws: UserError.self) {
      try DissimilarityMatrix(square: [0, 1, 1.1, 0], items: 2)
    }
    #expect(throws: UserError.self) {
      try DissimilarityMatrix(square: [0, .nan, 1, 0], items: 2)
    }
  }

  @Test("images are chosen class by class") func choice() {
    let labels = ClassLabels([2, 0, 2, 0, 2, 0, 0], classes: 4)
    #expect(ImageChoice.stratified(labels, perClass: 2) == [1, 3, 0, 2])
    #expect(ImageChoice.stratified(labels, perClass: 9) == [1, 3, 5, 6, 0, 2, 4])
    #expect(ImageChoice.even(images: 7, count: 3) == [0, 2, 4])
    #expect(ImageChoice.even(images: 2, count: 3) == [0, 1])
  }

  @Test(
    "at most 1,000 images are chosen, as many of each class",
    arguments: [(1, 100), (10, 100), (30, 33), (100, 10), (600, 1), (1000, 1)])
  func most(classes: Int, perClass: Int) {
    let layer = MadeUp.sparse(images: 120 * classes, units: 1, classes: classes)
    let chosen = ImageChoice.of(layer)
    #expect(chosen.count == classes * perClass && chosen.count <= 1000)
    let labels = layer.labels?.values ?? []
    #expect(Set(chosen.map { labels[$0] }).count == classes)
    #expect(Set(chosen).count == chosen.count)
  }

  @Test("of more than 1,000 classes, 1,000 images at equal distances") func manyClasses() {
    let many = MadeUp.sparse(images: 4004, units: 1, classes: 1001)
    #expect(ImageChoice.of(many) == ImageChoice.even(images: 4004, count: 1000))
    let bare = LayerData(activations: many.activations)
    #expect(ImageChoice.of(bare, perClass: 500).count == 1000)
    #expect(ImageChoice.of(bare, perClass: 5).count == 50)
  }

  @Test("views take their rows and rectify before means") func views() {
    let layer = LayerData(
      activations: Activations([1, -2, 3, -4, -5, 6], units: 2),
      labels: ClassLabels([1, 1, 0], classes: 3),
      weights: LayerData.Weights([1, 2, 3, 4, 5, 6], inputs: 3))
    func values(_ view: RepresentationView) -> [Double]? {
      view.features(of: layer, images: [2, 0])?.values
    }
    #expect(values(.weights) == [1, 2, 3, 4, 5, 6])
    #expect(values(.preReLU) == [-5, 6, 1, -2])
    #expect(values(.postReLU) == [0, 6, 1, 0])
    #expect(values(.classMeansPreReLU) == [-5, 6, 2, -3])
    #expect(values(.classMeansPostReLU) == [0, 6, 2, 0])
    let bare = LayerData(activations: layer.activations)
    #expect(RepresentationView.weights.features(of: bare, images: []) == nil)
    #expect(RepresentationView.classMeansPreReLU.features(of: bare, images: []) == nil)
  }
}
