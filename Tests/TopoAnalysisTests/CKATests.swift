import Testing
import TopoFoundation

@testable import TopoAnalysis

@Suite("Centered kernel alignment") struct CKATests {
  private let cross = FeatureMatrix([1, 0, 0, 1, -1, 0, 0, -1], columns: 2)

  @Test("the values of the specification") func values() {
    // A rotation times 3.
    let (c, s) = (0.6, 0.8)
    let rotated = FeatureMatrix(
      (0..<4).flatMap { row -> [Double] in
        let (x, y) = (cross.values[2 * row], cross.values[2 * row + 1])
        return [3 * (c * x - s * y), 3 * (s * x + c * y)]
      }, columns: 2)
    #expect(abs(CKA(cross, rotated).linear.orNaN - 1) < 1e-12)
    let column = FeatureMatrix([1, 0, -1, 0], columns: 1)
    #expect(abs(CKA(cross, column).linear.orNaN - 0.5.squareRoot()) < 1e-12)
    let longer = CKA(
      FeatureMatrix(cross.values + [1, 1], columns: 2), FeatureMatrix([1, 0, -1, 0, 1], columns: 1))
    #expect(abs(longer.linear.orNaN - 0.7354021529) < 1e-10)
    #expect(abs(longer.debiased.orNaN - 0.7385489459) < 1e-10)
  }

  @Test("features beyond the number of images give the same as fewer") func wide() {
    var samples = RepresentationSamples(4)
    let (x, y) = (samples.matrix(9, 3), samples.matrix(9, 4))
    // Constants change no product of centered features.
    var values: [Double] = []
    for row in 0..<9 {
      values += x.values[row * 3..<row * 3 + 3]
      values += [Double](repeating: 2, count: 30)
    }
    let padded = FeatureMatrix(values, columns: 33)
    let (narrow, broad) = (CKA(x, y), CKA(padded, y))
    #expect(abs(narrow.linear.orNaN - broad.linear.orNaN) < 1e-12)
    #expect(abs(narrow.debiased.orNaN - broad.debiased.orNaN) < 1e-12)
  }

  @Test("the order of images may change together alone; shift and scale may change")
  func invariances() {
    var samples = RepresentationSamples(5)
    let (x, y) = (samples.matrix(31, 5), samples.matrix(31, 3))
    let order = samples.permutation(31)
    func permuted(_ matrix: FeatureMatrix) -> FeatureMatrix {
      FeatureMatrix(
        order.flatMap { matrix.values[$0 * matrix.columns..<($0 + 1) * matrix.columns] },
        columns: matrix.columns)
    }
    let base = CKA(x, y)
    let both = CKA(permuted(x), permuted(y))
    #expect(abs(base.linear.orNaN - both.linear.orNaN) < 1e-12)
    #expect(abs(base.debiased.orNaN - both.debiased.orNaN) < 1e-12)
    #expect(abs(base.linear.orNaN - CKA(permuted(x), y).linear.orNaN) > 1e-3)
    let moved = FeatureMatrix(y.values.map { 1000 - 7 * $0 }, columns: 3)
    #expect(abs(base.linear.orNaN - CKA(x, moved).linear.orNaN) < 1e-9)
    #expect(abs(base.debiased.orNaN - CKA(x, moved).debiased.orNaN) < 1e-9)
    #expect(abs(CKA(x, y).linear.orNaN - CKA(y, x).linear.orNaN) < 1e-14)
  }

  @Test("independent layers: the plain form is biased as published, the debiased one is not")
  func bias() {
    var samples = RepresentationSamples(6)
    let found = CKA(samples.matrix(200, 121), samples.matrix(200, 121))
    #expect(abs(found.linear.orNaN - 0.385) < 0.01)
    #expect(abs(found.debiased.orNaN) < 0.03)
  }

  @Test("what cannot be computed is undefined") func undefined() {
    let zeros = FeatureMatrix([Double](repeating: 0.3, count: 10), columns: 2)
    var samples = RepresentationSamples(7)
    #expect(CKA(zeros, samples.matrix(5, 2)).linear.reason == "no variance")
    #expect(CKA(zeros, samples.matrix(5, 2)).debiased.number == nil)
    let three = CKA(samples.matrix(3, 2), samples.matrix(3, 2))
    #expect(three.linear.number != nil && three.debiased.reason == "fewer than four images")
    #expect(CKA(samples.matrix(1, 2), samples.matrix(1, 2)).linear.number == nil)
    // One image differs: K minus its diagonal and U-centering leaves nothing positive.
    let impulse = FeatureMatrix([1, 0, 0, 0, 0], columns: 1)
    #expect(CKA(impulse, impulse).debiased.reason == "a self-term is not positive")
    #expect(abs(CKA(impulse, impulse).linear.orNaN - 1) < 1e-12)
  }

  @Test("products of rows agree with the definition", arguments: [1, 3, 31, 33])
  func products(count: Int) {
    var samples = RepresentationSamples(8)
    let (a, b) = (samples.matrix(count, 5 + count), samples.matrix(count + 2, 5 + count))
    let found = RowProducts.matrix(a, b)
    for row in 0..<count {
      for other in 0..<count + 2 {
        var sum = 0.0
        for k in 0..<5 + count {
          sum += a.values[row * a.columns + k] * b.values[other * a.columns + k]
        }
        #expect(abs(found[row * (count + 2) + other] - sum) < 1e-12)
      }
    }
    // The bits of a product depend on its two rows alone.
    let lone = RowProducts.matrix(
      FeatureMatrix(Array(a.values.suffix(a.columns)), columns: a.columns),
      FeatureMatrix(Array(b.values.prefix(a.columns)), columns: a.columns))
    #expect(lone[0] == found[(count - 1) * (count + 2)])
    // Those of a matrix with itself are the same, computed once.
    #expect(RowProducts.matrix(a) == RowProducts.matrix(a, a))
  }
}
