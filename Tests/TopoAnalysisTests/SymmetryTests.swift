import TestSupport
import Testing
import TopoFoundation

@testable import TopoAnalysis

@Suite("Symmetry") struct SymmetryTests {
  private func close(_ value: MeasuredValue?, _ expected: Double) -> Bool {
    abs((value?.number ?? .infinity) - expected) < 1e-10
  }

  @Test("reflections change sides, twice is once too often") func reflections() {
    let shape = ImageShape(channels: 2, rows: 2, columns: 3)
    let images = (0..<24).map { Float($0) }
    let flipped = ImageReflection.horizontal.reflect(images, shape: shape)
    #expect(flipped.prefix(6) == [2, 1, 0, 5, 4, 3] && flipped[12] == 14)
    #expect(ImageReflection.horizontal.reflect(flipped, shape: shape) == images)
    let upside = ImageReflection.vertical.reflect(images, shape: shape)
    #expect(upside.prefix(6) == [3, 4, 5, 0, 1, 2])
    #expect(ImageReflection.vertical.reflect(upside, shape: shape) == images)
    // Image 0 with its own half, image 1 with that of image 0; the middle column stays.
    let halves = ImageReflection.horizontal.replaceHalf(images, shape: shape, from: [0, 0])
    #expect(halves.prefix(6) == [0, 1, 0, 3, 4, 3])
    #expect(halves[12..<18] == [12, 13, 0, 15, 16, 3] && halves[18..<21] == [18, 19, 6])
  }

  @Test(
    "patterns are symmetric, controls have the same cells elsewhere",
    arguments: [(28, 7), (32, 8), (30, 7), (8, 8)], ImageReflection.allCases)
  func patterns(size: (side: Int, cells: Int), reflection: ImageReflection) {
    let shape = ImageShape(channels: 3, rows: size.side, columns: size.side)
    let stimuli = SymmetryStimuli.patterns(shape, pairs: 12, reflection: reflection)
    #expect(stimuli.pairs == 12 && stimuli.control.count == stimuli.symmetric.count)
    #expect(reflection.reflect(stimuli.symmetric, shape: shape) == stimuli.symmetric)
    #expect(reflection.reflect(stimuli.control, shape: shape) != stimuli.control)
    #expect(
      stimuli
        == SymmetryStimuli.patterns(shape, pairs: 12, reflection: reflection))
    #expect(
      stimuli.symmetric
        != SymmetryStimuli.patterns(shape, pairs: 12, reflection: reflection, seed: 1).symmetric)
    // More pairs do not change the first ones.
    let more = SymmetryStimuli.patterns(shape, pairs: 14, reflection: reflection)
    #expect(more.control.starts(with: stimuli.control))
    for pair in 0..<12 {
      let range = pair * shape.count..<(pair + 1) * shape.count
      let sums = [stimuli.symmetric, stimuli.control].map { images in
        images[range].reduce(0.0) { $0 + Double($1) }
      }
      #expect(sums[0] == sums[1])
      let share = sums[0] / Double(shape.count)
      #expect(share > 0.35 && share < 0.65)
    }
  }

  @Test("each image lends its half once, never to itself") func replaced() {
    let shape = ImageShape(channels: 1, rows: 1, columns: 2)
    let images: [Float] = [0, 9, 1, 9, 2, 9, 3, 9]
    let stimuli = SymmetryStimuli.replacing(images, shape: shape)
    #expect(stimuli.symmetric == [0, 0, 1, 1, 2, 2, 3, 3])
    let lent = stride(from: 1, to: 8, by: 2).map { stimuli.control[$0] }
    #expect(lent.sorted() == [0, 1, 2, 3])
    #expect((0..<4).allSatisfy { lent[$0] != Float($0) && stimuli.control[2 * $0] == Float($0) })
    let one = SymmetryStimuli.replacing([4, 5], shape: shape)
    #expect(one.control == one.symmetric && one.symmetric == [4, 4])
  }

  @Test("sensitivity: the values of the specification") func sensitivity() {
    // Constant, 3 against 1, silent, negative everywhere but for one control.
    let found = SymmetrySensitivity(
      symmetric: Activations([2, 3, -1, -1, 2, 3, -2, -1], units: 4),
      control: Activations([2, 1, -1, -1, 2, 1, 0, 4], units: 4))
    #expect(found.indices[0] == .value(0) && found.indices[1] == .value(0.5))
    #expect(found.indices[2].number == nil && found.indices[3] == .value(-1))
    #expect(found.dPrimes.prefix(3) == [0, 0, 0])
    #expect(abs(found.dPrimes[3] + 2.0.squareRoot()) < 1e-12)
    #expect(found.sensitiveShare() == 0.25)
    // on (3, 5), off (0, 2, 1)
    let other = SymmetrySensitivity(
      symmetric: Activations([3, 5], units: 1), control: Activations([0, 2, 1], units: 1))
    #expect(abs(other.dPrimes[0] - 3.2863353450) < 1e-9)
  }

  @Test("sensitivity and invariance agree with numpy and scipy") func reference() throws {
    let expected = try StimuliFixture.read()
    let first = Activations(expected.first, units: expected.units)
    let second = Activations(expected.second, units: expected.units)
    let found = SymmetrySensitivity(symmetric: first, control: second)
    let invariance = ReflectionInvariance(first, reflected: second)
    for unit in 0..<expected.units {
      #expect(close(found.indices[unit], expected.indices[unit]))
      #expect(abs(found.dPrimes[unit] - expected.dPrimes[unit]) < 1e-10)
      #expect(close(invariance.correlations[unit], expected.correlations[unit]))
    }
  }

  @Test("invariance is 1 for equal responses and undefined for constant ones") func invariance() {
    let layer = Activations([1, 0, 2, 0, 4, 0], units: 2)
    let found = ReflectionInvariance(layer, reflected: layer)
    #expect(close(found.correlations[0], 1) && found.correlations[1].reason == "constant unit")
    let result = found.result(.horizontal)
    #expect(result["reflection-invariance-horizontal-undefined"] == .value(1))
    #expect(
      result.scalars.map(\.measure)
        == ReflectionInvariance.measures(.horizontal).filter { !$0.isPerUnit }.map(\.name))
    let one = Activations([1, 2], units: 2)
    #expect(ReflectionInvariance(one, reflected: one).correlations[0].number == nil)
    let named = SymmetrySensitivity(symmetric: layer, control: one).result(prefix: "patterns")
    #expect(
      named.scalars.map(\.measure)
        == SymmetrySensitivity.measures(prefix: "patterns").filter { !$0.isPerUnit }.map(\.name))
  }

  @Test("random responses are called sensitive at the rate of their d'") func chance() {
    // Of 200 images each, d' has a standard deviation of about 0.1: none is above 0.5.
    var random = RandomSequence(Philox(seed: 2, purpose: .test))
    func layer() -> Activations {
      Activations((0..<200 * 121).map { _ in random.nextUniform() }, units: 121)
    }
    let found = SymmetrySensitivity(symmetric: layer(), control: layer())
    #expect(found.sensitiveShare() == 0)
    #expect(abs(Statistics.standardDeviation(found.dPrimes) - 0.1) < 0.03)
  }
}
