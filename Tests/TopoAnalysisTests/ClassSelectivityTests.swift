import Testing
import TopoFoundation

@testable import TopoAnalysis

@Suite("Selectivity for classes") struct ClassSelectivityTests {
  @Test("the values of the specification") func values() throws {
    let found = ClassSelectivity(
      Activations([3, 5, 0, 2, 1], units: 1), ClassLabels([0, 0, 1, 1, 1]))
    #expect(abs(try #require(found.dPrime(0, 0)) - 3.2863353450) < 1e-10)
    #expect(abs(try #require(found.t(0, 0)) - 3.5300904325) < 1e-10)
    #expect(abs(try #require(found.welchT(0, 0)) - 2.5980762114) < 1e-10)
    #expect(abs(try #require(found.dPrime(1, 0)) + 3.2863353450) < 1e-10)
    // All-TNN's denominator: the mean of both standard deviations.
    let other = ClassSelectivity(
      Activations([3, 5, 0, 2, 1], units: 1), ClassLabels([0, 0, 1, 1, 1]),
      pooling: .standardDeviations)
    let expected = 3 / ((1 + (2.0 / 3).squareRoot()) / 2 + 1e-10)
    #expect(abs(try #require(other.dPrime(0, 0)) - expected) < 1e-12)
  }

  @Test("agrees with numpy and scipy") func scipy() throws {
    let layer = try OrganizationFixture.load().layer
    let found = ClassSelectivity(layer.data.activations.rectified(), ClassLabels(layer.labels))
    for label in 0..<3 {
      for unit in 0..<30 {
        let index = label * 30 + unit
        #expect(abs(try #require(found.dPrime(label, unit)) - layer.dPrime[index]) < 1e-10)
        #expect(abs(try #require(found.t(label, unit)) - layer.t[index]) < 1e-10)
        #expect(abs(try #require(found.welchT(label, unit)) - layer.welch[index]) < 1e-10)
        let p = try #require(found.p(label, unit))
        #expect(abs(p - layer.p[index]) < 1e-9 * max(layer.p[index], 1e-6))
      }
    }
  }

  @Test("scale and the order of images do not matter") func invariance() throws {
    let layer = MadeUp.activations(images: 30, units: 5, seed: 3)
    let labels = MadeUp.labels(30, classes: 3)
    let found = ClassSelectivity(layer, labels)
    let order = Permutations(count: 1, seed: 2, stream: 1).order(0, of: 30).map { Int($0) }
    let other = ClassSelectivity(
      Activations(layer.selecting(images: order).values.map { 4 * $0 }, units: 5),
      ClassLabels(order.map { labels.values[$0] }))
    for label in 0..<3 {
      for unit in 0..<5 {
        let value = try #require(found.dPrime(label, unit))
        #expect(abs(try #require(other.dPrime(label, unit)) - value) < 1e-6)
      }
      #expect(other.preferredClass(of: label) == found.preferredClass(of: label))
    }
  }

  @Test("dead, constant and perfectly selective units") func degenerate() {
    // Unit 0 is dead, unit 1 constant, unit 2 is 1 for class 1 alone, unit 3 prefers class 1.
    let rows: [[Float]] = (0..<12).map { image in
      let isOn = image % 3 == 1
      return [0, 0.1, isOn ? 1 : 0, (isOn ? 2 : 0) + Float(image) / 10]
    }
    let found = ClassSelectivity(
      Activations(rows.flatMap { $0 }, units: 4), MadeUp.labels(12, classes: 4))
    // Four classes, but labels are 0, 1, 2, 3 in turn.
    #expect(found.isUnselective(0) && found.isUnselective(1))
    #expect(found.preferredClass(of: 0) == nil && found.preferredClass(of: 1) == nil)
    let three = ClassSelectivity(
      Activations(rows.flatMap { $0 }, units: 4), MadeUp.labels(12, classes: 3))
    // No spread on either side: 0 by convention, and no p value.
    #expect(three.dPrime(1, 2) == 0 && three.welchT(1, 2) == 0 && three.p(1, 2) == nil)
    #expect((three.dPrime(0, 2) ?? 0) < 0 && three.preferredClass(of: 3) == 1)
    // So the class that the unit is perfectly selective for is still its preferred one.
    #expect(three.preferredClass(of: 2) == 1)
  }

  @Test("classes without images, with all of them or with one") func counts() {
    let layer = MadeUp.activations(images: 7, units: 3, seed: 1)
    let missing = ClassSelectivity(layer, ClassLabels([0, 0, 0, 2, 2, 2, 3], classes: 5))
    #expect(missing.isDefined == [true, false, true, true, false])
    #expect(missing.dPrime(1, 0) == nil && missing.map(4) == nil && missing.p(1, 0) == nil)
    // One image: no variance of a sample.
    #expect(missing.dPrime(3, 0) != nil && missing.welchT(3, 0) == nil && missing.p(3, 0) == nil)
    let one = ClassSelectivity(layer, ClassLabels([Int32](repeating: 0, count: 7)))
    #expect(one.isDefined == [false] && one.preferredClass(of: 0) == nil)
  }

  @Test("all other classes together are one sample") func others() throws {
    let layer = MadeUp.activations(images: 60, units: 3, seed: 4)
    let labels = ClassLabels((0..<60).map { Int32($0 * $0 % 7) }, classes: 9)
    let found = ClassSelectivity(layer, labels)
    for label in labels.present {
      let merged = ClassSelectivity(
        layer, ClassLabels(labels.values.map { $0 == label ? 1 : 0 }, classes: 2))
      for unit in 0..<3 {
        let value = try #require(found.dPrime(label, unit))
        #expect(abs(try #require(merged.dPrime(1, unit)) - value) < 1e-12)
        #expect(abs((merged.p(1, unit) ?? 2) - (found.p(label, unit) ?? 3)) < 1e-10)
      }
    }
    // Thousands of other classes: a unit that is 1 for one class alone still has no variance.
    let constant = ClassSelectivity(
      Activations((0..<4000).map { $0 % 2000 == 7 ? 1 : 0.1 }, units: 1),
      MadeUp.labels(4000, classes: 2000))
    #expect(constant.dPrime(7, 0) == 0 && constant.p(7, 0) == nil)
  }

  @Test("Welch's test holds its rate for random responses") func rate() {
    let layer = MadeUp.activations(images: 40, units: 300, seed: 8)
    let found = ClassSelectivity(layer, MadeUp.labels(40, classes: 4))
    let p = (0..<300).compactMap { found.p(0, $0) }
    // Binomial with 300 trials of 0.05: four standard deviations.
    #expect(abs(Double(p.count { $0 <= 0.05 }) / 300 - 0.05) < 4 * 0.0126)
    #expect(abs(Statistics.mean(p) - 0.5) < 4 * 0.29 / 300.0.squareRoot())
  }
}
