import Testing
import TopoFoundation

@testable import TopoAnalysis

@Suite("Effective dimensionality") struct EffectiveDimensionalityTests {
  @Test(
    "the values of the specification",
    arguments: [
      ([1, 1, 1, 1], 4, 4, 4), ([4, 0, 0, 0], 1, 1, 1),
      ([2, 1, 1], 8.0 / 3, 2.8284271247, 2), ([3, 1], 1.6, 1.7547653506, 4.0 / 3),
    ] as [([Double], Double, Double, Double)])
  func spectra(values: [Double], ratio: Double, entropy: Double, maximum: Double) {
    let found = EffectiveDimensionality(eigenvalues: values)
    #expect(abs(found.participationRatio.orNaN - ratio) < 1e-10)
    #expect(abs(found.entropy.orNaN - entropy) < 1e-10)
    #expect(abs(found.maximum.orNaN - maximum) < 1e-10)
  }

  @Test("data of the specification, both ways of computing the spectrum") func data() throws {
    let cross = try EffectiveDimensionality(
      FeatureMatrix([1, 0, 0, 1, -1, 0, 0, -1], columns: 2))
    #expect(abs(cross.participationRatio.orNaN - 2) < 1e-12)
    let wide = try EffectiveDimensionality(
      FeatureMatrix([2, 0, 0, 1, -2, 0, 0, -1], columns: 2))
    #expect(abs(wide.participationRatio.orNaN - 1.4705882353) < 1e-10)
    // Columns of zeros make the products of rows the smaller matrix.
    let padded = try EffectiveDimensionality(
      FeatureMatrix(
        [[2, 0], [0, 1], [-2, 0], [0, -1]].flatMap { $0 + [5, 5, 5, 5, 5, 5] }, columns: 8))
    #expect(abs(padded.participationRatio.orNaN - 1.4705882353) < 1e-10)
    #expect(abs(padded.eigenvalues[0] - 8.0 / 3) < 1e-12 && padded.eigenvalues.count == 4)
  }

  @Test("negative eigenvalues count as 0, and none or zeros are undefined") func edges() {
    #expect(EffectiveDimensionality(eigenvalues: [2, -1e-20]).entropy == .value(1))
    #expect(EffectiveDimensionality(eigenvalues: [0, 0]).maximum.number == nil)
    #expect(EffectiveDimensionality(eigenvalues: []).participationRatio.number == nil)
    // No overflow or underflow of squares.
    #expect(EffectiveDimensionality(eigenvalues: [1e-200, 1e-200]).participationRatio == .value(2))
  }

  @Test("rotations, shifts and scale of features change nothing; bounds hold")
  func invariances() throws {
    var samples = RepresentationSamples(1)
    let data = samples.matrix(40, 7)
    let base = try EffectiveDimensionality(data)
    // A reflection of all features, a shift and a factor.
    let direction = samples.normal(7)
    let length = direction.reduce(0) { $0 + $1 * $1 }
    let moved = (0..<40).flatMap { row in
      let values = Array(data.values[row * 7..<row * 7 + 7])
      let along = zip(values, direction).reduce(0) { $0 + $1.0 * $1.1 } / length
      return (0..<7).map { 3 * (values[$0] - 2 * along * direction[$0]) + Double($0) }
    }
    let other = try EffectiveDimensionality(FeatureMatrix(moved, columns: 7))
    #expect(abs(base.participationRatio.orNaN - other.participationRatio.orNaN) < 1e-10)
    #expect(abs(base.entropy.orNaN - other.entropy.orNaN) < 1e-10)
    #expect(abs(base.maximum.orNaN - other.maximum.orNaN) < 1e-10)
    #expect(1 <= base.maximum.orNaN && base.maximum.orNaN <= base.participationRatio.orNaN)
    #expect(base.participationRatio.orNaN <= base.entropy.orNaN && base.entropy.orNaN <= 7)
  }

  @Test("one row and constant features are undefined, with a large mean as well")
  func undefined() throws {
    let one = try EffectiveDimensionality(FeatureMatrix([1, 2, 3], columns: 3))
    #expect(one.entropy.reason == "fewer than two rows")
    let tenth = Double(Float(0.1))
    let constant = try EffectiveDimensionality(
      FeatureMatrix([Double](repeating: tenth, count: 300), columns: 3))
    #expect(constant.participationRatio.reason == "no variance")
    #expect(constant.eigenvalues.isEmpty)
  }

  @Test(
    "awkward sizes have as many dimensions as equal independent features", arguments: [1, 3, 31])
  func sizes(units: Int) throws {
    // Each unit responds to two images, once up and once down.
    var values = [Double](repeating: 0, count: 2 * units * units)
    for unit in 0..<units {
      values[2 * unit * units + unit] = 1
      values[(2 * unit + 1) * units + unit] = -1
    }
    let found = try EffectiveDimensionality(FeatureMatrix(values, columns: units))
    for value in [found.participationRatio, found.entropy, found.maximum] {
      #expect(abs(value.orNaN - Double(units)) < 1e-9)
    }
  }
}
