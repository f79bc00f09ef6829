import TestSupport
import Testing
import TopoFoundation

@testable import TopoAnalysis
import TopoStatistics

@Suite("Positions") struct PositionTests {
  @Test(
    "the F distribution's tail, by scipy.stats.f.sf",
    arguments: [
      (1.0, 1.0, 1.0, 0.5), (3.2, 3, 20, 0.0454672299), (0.7, 24, 375, 0.8523838142),
      (9, 2, 6, 0.015625),
    ])
  func tail(f: Double, numerator: Double, denominator: Double, expected: Double) {
    let found = FDistribution.upperTail(f, numerator: numerator, denominator: denominator)
    #expect(abs(found - expected) < 1e-7, "\(found)")
  }

  @Test("the variance of groups: a worked example and its edges") func groups() {
    // Means 2, 4, 9: mean squares 78 / 2 between and 12 / 6 within.
    let p = PositionTuning.probability([[1, 2, 3], [3, 4, 5], [7, 9, 11]]).number ?? 9
    let expected = FDistribution.upperTail(78.0 / 2 / (12.0 / 6), numerator: 2, denominator: 6)
    #expect(abs(p - expected) < 1e-12)
    #expect(PositionTuning.probability([[1, 1], [1, 1]]).reason == "unit is constant")
    #expect(PositionTuning.probability([[1, 1], [2, 2]]) == .value(0))
    #expect(PositionTuning.probability([[1], [2]]).number == nil)
    #expect(PositionTuning.probability([[1, 3], [3, 1]]) == .value(1))
  }

  @Test("a patch is the same at every position", arguments: [(28, 28), (9, 12)])
  func patches(rows: Int, columns: Int) {
    let shape = ImageShape(channels: 2, rows: rows, columns: columns)
    let stimuli = PositionStimuli(shape, exemplars: 3)
    #expect(stimuli.positions.count == 25 && stimuli.images.count == 75 * shape.count)
    #expect(stimuli.images.allSatisfy { (0...1).contains($0) })
    let size = rows * columns
    for (index, position) in stimuli.positions.enumerated() {
      for exemplar in 0..<3 {
        let start = (index * 3 + exemplar) * shape.count
        let center = exemplar * shape.count
        var isSame = true
        for row in 0..<rows {
          for column in 0..<columns {
            let (r, c) = (row - position.down, column - position.across)
            guard (0..<rows).contains(r), (0..<columns).contains(c) else { continue }
            isSame =
              isSame
              && stimuli.images[start + row * columns + column]
                == stimuli.images[center + r * columns + c]
          }
        }
        #expect(isSame)
        #expect(
          stimuli.images[start..<start + size] == stimuli.images[start + size..<start + 2 * size])
      }
    }
    // The window is around the center, and patches differ.
    #expect(stimuli.images[0] == 0.5 || rows < 28)
    let contrast = stimuli.images[0..<size].map { abs($0 - 0.5) }
    #expect((contrast.max() ?? 0) > 0.4)
    #expect(
      stimuli.images[0..<size] != stimuli.images[shape.count..<shape.count + size])
    #expect(stimuli == PositionStimuli(shape, exemplars: 3))
  }

  @Test("tuned units are found with their eccentricity, and few others") func tuning() {
    let stimuli = PositionStimuli(ImageShape(channels: 1, rows: 8, columns: 8), exemplars: 16)
    var random = RandomSequence(Philox(seed: 6, purpose: .test))
    // Units below 10 respond more at ring 2, units below 13 never, units below 16 to patches alone,
    // others at random.
    let patches = (0..<16).map { _ in random.nextUniform() }
    let values = stimuli.positions.flatMap { position in
      (0..<16).flatMap { exemplar in
        (0..<200).map { unit -> Float in
          if unit < 10 { return random.nextUniform() + (position.ring == 2 ? 1 : 0) }
          if unit < 13 { return 0 }
          return unit < 16 ? patches[exemplar] : random.nextUniform()
        }
      }
    }
    let tuning = PositionTuning(Activations(values, units: 200), stimuli: stimuli)
    #expect(tuning.eccentricities[0..<10].allSatisfy { $0 == .value(0.5) })
    #expect(tuning.probabilities[10..<13].allSatisfy { $0.reason == "unit is constant" })
    #expect(tuning.probabilities[13..<16].allSatisfy { ($0.number ?? 0) > 0.999 })
    #expect(tuning.eccentricities[16...].count { $0.number != nil } <= 3)
    // Without a false discovery rate, about one in twenty random units would be found.
    let found = tuning.probabilities[16...].count { ($0.number ?? 1) <= 0.05 }
    #expect(found >= 1 && found <= 20)
    let result = tuning.result
    #expect(
      result.scalars.map(\.measure) == PositionTuning.measures.filter { !$0.isPerUnit }.map(\.name))
    #expect(result.units.map(\.measure) == ["position-p", "position-q", "position-eccentricity"])
  }
}
