import TestSupport
import Testing
import TopoFoundation

@testable import TopoAnalysis

@Suite("Correlations of units") struct CorrelationMatrixTests {
  /// Made-up values in [-1, 1), dense `[image, unit]`.
  private func activations(_ images: Int, _ units: Int) -> Activations {
    var random = RandomSequence(Philox(seed: 3, purpose: .test))
    return Activations(
      (0..<images * units).map { _ in Float(random.next(below: 2001)) / 1000 - 1 }, units: units)
  }

  @Test("the values of the specification") func values() {
    let matrix = CorrelationMatrix(Activations([1, 2, 3, 2, 4, 2, 3, 6, 1], units: 3))
    #expect(abs((matrix[0, 1] ?? 0) - 1) < 1e-12)
    #expect(abs((matrix[0, 2] ?? 0) + 1) < 1e-12)
    #expect(abs((matrix[1, 2] ?? 0) + 1) < 1e-12)
    #expect(matrix.pairs.count == 3)
  }

  @Test("awkward sizes agree with the definition", arguments: [1, 3, 31, 33, 121])
  func sizes(units: Int) {
    let layer = activations(37, units)
    let matrix = CorrelationMatrix(layer)
    for first in 0..<units {
      for second in 0..<units {
        let (x, y) = (layer.responses(of: first), layer.responses(of: second))
        let (a, b) = (Statistics.mean(x), Statistics.mean(y))
        let product = zip(x, y).reduce(0.0) { $0 + ($1.0 - a) * ($1.1 - b) }
        let scale =
          Statistics.standardDeviation(x) * Statistics.standardDeviation(y) * Double(x.count)
        #expect(abs((matrix[first, second] ?? 2) - product / scale) < 1e-12)
      }
    }
  }

  @Test("units with constant responses have no correlations") func constantUnits() {
    var values = activations(20, 4).values
    for image in 0..<20 { values[image * 4 + 2] = 0.5 }
    let matrix = CorrelationMatrix(Activations(values, units: 4))
    #expect(matrix.defined == [0, 1, 3])
    #expect(matrix[0, 2] == nil && matrix[2, 2] == nil && matrix[0, 3] != nil)
    #expect(matrix.pairs.count == 3)
    // One image: every unit is constant.
    #expect(CorrelationMatrix(activations(1, 5)).defined.isEmpty)
  }

  @Test("a correlation depends on its two units alone") func company() {
    let layer = activations(29, 40)
    let both = Activations(
      (0..<29).flatMap { [layer[$0, 7], layer[$0, 33]] }, units: 2)
    #expect(CorrelationMatrix(layer)[7, 33] == CorrelationMatrix(both)[0, 1])
  }

  @Test("class means are correlated in Float64") func classMeans() throws {
    // Of unit 0, means 1, 1 + 33 e and 1 + 101 e of two images each, e = 2^-24: Float32 would round
    // them to even multiples.
    let steps: [Int] = [0, 0, 16, 17, 50, 51]
    let values = steps.enumerated().flatMap { image, step in
      [1 + Float(step) * 0x1p-23, Float(image / 2)]
    }
    let layer = LayerData(
      activations: Activations(values, units: 2), labels: ClassLabels([0, 0, 1, 1, 2, 2]))
    let result = try OrganizationAnalysis().result(for: LayerStatistics(layer))
    let mean = 134.0 / 3
    let variance = mean * mean + (33 - mean) * (33 - mean) + (101 - mean) * (101 - mean)
    #expect(isNear(result["correlation-mean-class-means"], 101 / (2 * variance).squareRoot(), 1e-9))
    #expect(CorrelationMatrix(FeatureMatrix([], columns: 3)).defined.isEmpty)
  }
}
