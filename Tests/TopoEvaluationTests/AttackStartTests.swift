import Foundation
import Testing
import TopoCompute

@testable import TopoEvaluation

@Suite("Random starts of attacks") struct AttackStartTests {
  private func difference(
    _ norm: AttackNorm, epsilon: Double, seed: UInt64 = 3, image: Int = 0, count: Int
  ) -> [Float] {
    var values = [Float](repeating: 0, count: count)
    AttackStart(norm, epsilon: epsilon, seed: seed).add(to: &values[...], image: image)
    return values
  }

  private func length(_ values: [Float]) -> Double {
    values.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
  }

  @Test("uniform in the box") func box() {
    let values = difference(.linf, epsilon: 0.3, count: 30_001)
    #expect(values.allSatisfy { abs($0) <= 0.3 })
    let count = Double(values.count)
    let mean = values.reduce(0) { $0 + Double($1) } / count
    // Standard deviation eps / sqrt(3) = 0.173; of the mean, 0.001.
    #expect(abs(mean) < 0.004)
    #expect(abs(length(values) / (count / 3).squareRoot() / 0.3 - 1) < 0.01)
    for tenth in 0..<10 {
      let low = Float(tenth) * 0.06 - 0.3
      let share = Double(values.count { $0 >= low && $0 < low + 0.06 }) / count
      #expect(abs(share - 0.1) < 0.01, "\(tenth)")
    }
  }

  /// In a ball of `d` dimensions the share within radius `r` is `(r / eps)^d`.
  @Test("uniform in the ball", arguments: [1, 3, 10]) func ball(_ dimensions: Int) {
    let starts = (0..<4000).map {
      difference(.l2, epsilon: 2, image: $0, count: dimensions)
    }
    let radii = starts.map { length($0) / 2 }
    #expect(radii.allSatisfy { $0 <= 1.000001 })
    for quarter in 1...3 {
      let share = Double(quarter) / 4
      let found = Double(radii.count { $0 <= pow(share, 1 / Double(dimensions)) }) / 4000
      #expect(abs(found - share) < 0.03, "\(dimensions) dimensions, \(share)")
    }
    let mean = starts.reduce(0.0) { $0 + Double($1[0]) } / 4000
    #expect(abs(mean) < 0.12)
  }

  @Test("a function of seed, norm, epsilon and image") func keys() {
    let one = difference(.linf, epsilon: 0.1, count: 20)
    #expect(one == difference(.linf, epsilon: 0.1, count: 20))
    #expect(one != difference(.linf, epsilon: 0.1, seed: 4, count: 20))
    #expect(one != difference(.linf, epsilon: 0.1, image: 1, count: 20))
    // Another epsilon is another draw, not the same one stretched.
    let wider = difference(.linf, epsilon: 0.2, count: 20)
    #expect(zip(one, wider).contains { abs(2 * $0 - $1) > 0.01 })
    let ball = difference(.l2, epsilon: 0.1, count: 20)
    #expect(ball != difference(.l2, epsilon: 0.1, image: 1, count: 20))
    #expect(difference(.linf, epsilon: 0, count: 9) == [Float](repeating: 0, count: 9))
    #expect(difference(.l2, epsilon: 0, count: 9).allSatisfy { $0 == 0 })
  }
}
