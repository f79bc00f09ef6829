import Foundation
import TestSupport
import Testing
import TopoFoundation
import TopoSheets

@testable import TopoAnalysis

@Suite("Orientation") struct OrientationTests {
  private let digits = ImageShape(channels: 1, rows: 28, columns: 28)

  private func close(_ value: MeasuredValue?, _ expected: Double, _ tolerance: Double = 1e-10)
    -> Bool
  {
    abs((value?.number ?? .infinity) - expected) < tolerance
  }

  /// `count` samples of a curve over 180 degrees.
  private func samples(_ count: Int, _ curve: (Double) -> Double) -> TuningCurve {
    TuningCurve((0..<count).map { max(curve(Double($0) * .pi / Double(count)), 0) })
  }

  @Test("a grating has the formula's values") func formula() {
    let plain = OrientationStimuli.gratings(
      ImageShape(channels: 2, rows: 6, columns: 5), orientations: 2, phases: 1, wavelengths: [4],
      isWindowed: false)
    let rows: [Float] = [0.5, 0, 0.5, 1, 0.5, 0]
    let plane = rows.flatMap { [Float](repeating: $0, count: 5) }
    #expect(zip(plain.images, plane + plane).allSatisfy { abs($0 - $1) < 1e-7 })
    #expect(plain.stimuli.map(\.degrees) == [0, 90])
    // Vertical: rows are equal, columns go .5 1 .5 0 .5.
    let vertical = Array(plain.images[60..<65])
    #expect(zip(vertical, [0.5, 1, 0.5, 0, 0.5]).allSatisfy { abs($0 - $1) < 1e-7 })
    #expect(Array(plain.images[85..<90]) == vertical)
  }

  @Test("gratings agree with numpy") func reference() throws {
    let expected = try StimuliFixture.read()
    let stimuli = OrientationStimuli.gratings(
      ImageShape(channels: 1, rows: expected.side, columns: expected.side), orientations: 4,
      phases: 4, wavelengths: expected.wavelengths)
    let size = expected.side * expected.side
    for (index, values) in zip(expected.chosen, expected.gratings) {
      let image = stimuli.images[index * size..<(index + 1) * size]
      #expect(zip(image, values).allSatisfy { abs(Double($0) - $1) < 1e-6 })
    }
  }

  @Test(
    "all gratings have one mean, one frame and fit into the range",
    arguments: [28, 32, 9])
  func windowed(side: Int) {
    let shape = ImageShape(channels: 3, rows: side, columns: side)
    let stimuli = OrientationStimuli.gratings(shape)
    #expect(stimuli.stimuli.count == 384 && stimuli.images.count == 384 * shape.count)
    #expect(side != 28 || stimuli.wavelengths == [14, 7, 4])
    #expect(side != 32 || stimuli.wavelengths == [16, 8, 4])
    #expect(stimuli.images.allSatisfy { (0...1).contains($0) })
    let size = side * side
    for image in stride(from: 0, to: 384, by: 37) {
      let start = image * shape.count
      let plane = Array(stimuli.images[start..<start + size])
      let mean = plane.reduce(0.0) { $0 + Double($1) } / Double(size)
      #expect(abs(mean - 0.5) < 1e-6)
      #expect(plane[0] == 0.5 && plane[side / 2] == 0.5 && plane[size - 1] == 0.5)
      #expect(Array(stimuli.images[start + 2 * size..<start + 3 * size]) == plane)
    }
    #expect(stimuli.blank == [Float](repeating: 0.5, count: shape.count))
    let window = OrientationStimuli.window(shape)
    #expect(side != 28 || window[14 * 28 + 24] == 1 && window[14 * 28 + 27] == 0)
  }

  @Test("bars have their area, turn with the orientation and fit the digit") func bars() {
    let bars = OrientationStimuli.bars(digits)
    #expect(bars.stimuli.count == 16 && bars.wavelengths.isEmpty)
    for index in 0..<16 {
      let bar = bars.images[index * 784..<(index + 1) * 784]
      #expect(abs(bar.reduce(0.0) { $0 + Double($1) } - 54) < 1e-4)
    }
    func pixel(_ bar: Int, _ row: Int, _ column: Int) -> Float {
      bars.images[(bar * 28 + row) * 28 + column]
    }
    // 3 x 18 pixels around (13.5, 13.5): rows 12 to 15, of which the outer two are half covered.
    #expect(pixel(0, 13, 5) == 1 && pixel(0, 13, 4) == 0 && pixel(0, 12, 10) == 0.5)
    for row in 0..<28 {
      for column in 0..<28 { #expect(pixel(0, row, column) == pixel(8, column, row)) }
    }
    // 45 degrees runs along (1, 1) of x and y.
    #expect(pixel(4, 10, 10) == 1 && pixel(4, 10, 17) == 0)
    #expect(bars.blank.allSatisfy { $0 == 0 })
  }

  @Test("tuning curves: the values of the specification") func curves() {
    let cosine = samples(8) { 1 + cos(2 * $0) }
    #expect(close(cosine.circularVariance, 0.5) && close(cosine.selectivity, 1))
    #expect(OrientationMap.difference(cosine.preferred.number ?? 90, 0) < 1e-9)
    let flat = TuningCurve([2, 2, 2, 2, 2, 2, 2, 2])
    #expect(close(flat.circularVariance, 1) && flat.selectivity == .value(0))
    #expect(flat.preferred.number == nil && flat.bandwidth().number == nil)
    let one = TuningCurve([0, 0, 3, 0, 0, 0, 0, 0])
    #expect(close(one.circularVariance, 0) && close(one.preferred, 45))
    let raised = samples(8) { 0.5 + cos($0 - .pi / 4) * cos($0 - .pi / 4) }
    #expect(close(raised.circularVariance, 0.75) && close(raised.selectivity, 0.5))
    #expect(close(raised.preferred, 45))
    let silent = TuningCurve([0, 0, 0, 0])
    for value in [
      silent.preferred, silent.globalSelectivity, silent.circularVariance, silent.selectivity,
      silent.bandwidth(),
    ] {
      #expect(value.reason == "unit does not respond to any orientation")
    }
  }

  @Test(
    "half widths: the values of the specification",
    arguments: [
      (1.0, 32.1461, 36.0652, 32.211), (2, 24.2545, 24.5998, 24.511), (4, 17.1144, 17.1187, 17.494),
    ])
  func bandwidth(k: Double, range: Double, peak: Double, coarse: Double) {
    let fine = samples(180) { exp(k * (cos(2 * ($0 - .pi / 3)) - 1)) }
    #expect(close(fine.bandwidth(), range, 0.1))
    #expect(close(fine.bandwidth(at: .halfOfPeak), peak, 0.1))
    let few = samples(16) { exp(k * (cos(2 * ($0 - .pi / 4)) - 1)) }
    #expect(close(few.bandwidth(), coarse, 0.001))
    let narrow = few.bandwidth(at: .rootOfPeak).number ?? 99
    #expect(narrow < few.bandwidth(at: .halfOfPeak).number ?? 0)
    // On a high pedestal, half of the peak is never reached.
    let pedestal = TuningCurve(few.responses.map { $0 + 5 })
    #expect(pedestal.bandwidth(at: .halfOfPeak).number == nil)
    #expect(close(pedestal.bandwidth(), coarse, 0.001))
  }

  @Test("the half width is the mean of both sides of a skewed curve") func skewed() {
    let curve = TuningCurve([0, 4, 2, 1, 0, 0, 0, 0])
    #expect(close(curve.bandwidth(), (22.5 + 11.25) / 2))
    #expect(close(TuningCurve(curve.responses.reversed()).bandwidth(), (22.5 + 11.25) / 2))
    // One side falls only beyond 90 degrees.
    #expect(TuningCurve([4, 4, 4, 4, 4, 4, 4, 0]).bandwidth().number == nil)
  }

  @Test("measures of a curve do not depend on its scale, and turn with it") func turned() {
    let curve = samples(16) { exp(2 * cos(2 * $0 - 1)) }
    let scaled = TuningCurve(curve.responses.map { $0 * 4 })
    #expect(close(scaled.circularVariance, curve.circularVariance.number ?? 9))
    #expect(scaled.bandwidth() == curve.bandwidth() && scaled.selectivity == curve.selectivity)
    let moved = TuningCurve((0..<16).map { curve.responses[($0 + 13) % 16] })
    let difference = (moved.preferred.number ?? 0) - (curve.preferred.number ?? 0)
    #expect(abs(OrientationMap.difference(difference, 33.75)) < 1e-9)
    #expect(close(moved.bandwidth(), curve.bandwidth().number ?? 0))
  }

  @Test("units are tuned at their best wavelength, the shortest of equal ones") func wavelengths() {
    let stimuli = OrientationStimuli.gratings(
      digits, orientations: 4, phases: 2, wavelengths: [14, 7])
    // Unit 0 responds to 45 degrees of the long wavelength, unit 1 to both alike, unit 2 never,
    // unit 3 to one phase more than to the other.
    let responses = stimuli.stimuli.flatMap { stimulus -> [Float] in
      let isDiagonal = stimulus.orientation == 1
      return [
        isDiagonal && stimulus.wavelength == 0 ? 3 : -1, isDiagonal ? 1 : 0, -2,
        stimulus.phase == 0 && stimulus.orientation == 2 ? 4 : 1,
      ]
    }
    let layer = Activations(responses, units: 4)
    let tuning = OrientationTuning(layer, stimuli: stimuli)
    #expect(tuning.wavelengths == [0, 1, 1, 1])
    #expect(tuning.curves[0].responses == [0, 3, 0, 0] && tuning.curves[2].peak == nil)
    #expect(tuning.curves[3].responses == [1, 1, 2.5, 1])
    let largest = OrientationTuning(layer, stimuli: stimuli, pooling: .largest)
    #expect(largest.curves[3].responses == [1, 1, 4, 1])
    let blank = OrientationTuning(layer, stimuli: stimuli, blank: [-2, 0, -3, 1])
    #expect(
      blank.curves[0].responses == [1, 5, 1, 1] && blank.curves[2].responses == [1, 1, 1, 1])
    #expect(blank.curves[3].responses == [0, 0, 1.5, 0])
    for layout in [nil, UnitLayout(Sheet(rows: 2, columns: 2))] {
      let result = tuning.result(prefix: "grating", layout: layout)
      let described = OrientationTuning.measures(prefix: "grating")
      #expect(
        result.scalars.map(\.measure) == described.filter { !$0.isPerUnit }.map(\.name))
      #expect(
        result.units.map(\.measure).sorted()
          == described.filter(\.isPerUnit).map(\.name).sorted())
    }
    let result = tuning.result(prefix: "grating", layout: nil)
    #expect(close(result[units: "grating-orientation"]?[0], 45))
    #expect(result[units: "grating-wavelength"]?[0] == .value(14))
    #expect(result["grating-tuned-fraction"] == .value(0.75))
  }

  @Test("orientations that turn along rows are smooth, shuffled ones are not") func smoothness()
    throws
  {
    let layout = UnitLayout(Sheet(rows: 11, columns: 11))
    let bins = DistanceBins(UnitDistances(layout))
    let smoothness = Smoothness(bins, period: 180)
    let degrees = (0..<121).map { 180 * Double($0 / 11) / 11 }
    // Units without an orientation do not count, whatever they would hold.
    let values = degrees.enumerated().map { unit, degrees -> MeasuredValue in
      unit % 10 == 3 ? .undefined("unit does not respond") : .value(degrees)
    }
    let map = OrientationMap(values)
    let found = map.smoothness(bins, shuffles: 60)
    #expect(found.mean == smoothness.value(of: degrees, units: map.tuned))
    // The nearest are 180 / 11 degrees apart at most, the others up to 90.
    #expect((found.mean.number ?? 0) > 0.7 && (found.z.number ?? 0) > 8)
    #expect(close(found.excess, (found.mean.number ?? 9) - (found.nullMean.number ?? 9)))
    // Turning all orientations changes nothing, though some pass 180 degrees.
    let turned = OrientationMap(
      values.map { $0.number.map { .value(($0 + 50).truncatingRemainder(dividingBy: 180)) } ?? $0 })
    #expect(close(turned.smoothness(bins, shuffles: 60).z, found.z.number ?? 0, 1e-6))
    let order = Permutations(count: 1, seed: 5, stream: 3).order(0, of: 121)
    let shuffled = OrientationMap(order.map { .value(degrees[Int($0)]) })
    #expect(abs(shuffled.smoothness(bins, shuffles: 60).z.number ?? 9) < 4)
    let none = OrientationMap([MeasuredValue](repeating: .undefined("silent"), count: 121))
    #expect(
      none.smoothness(bins, shuffles: 5).z.reason == "no unit prefers an orientation")
    let equal = OrientationMap([MeasuredValue](repeating: .value(40), count: 121))
    #expect(equal.smoothness(bins, shuffles: 5).mean.reason == "constant map")
  }

  @Test("orientation maps: the values of the specification") func maps() {
    let layout = UnitLayout(Sheet(rows: 11, columns: 11))
    let map = OrientationMap((0..<121).map { .value(180 * Double($0 / 11) / 11) })
    #expect(close(map.moransI(on: layout), 0.8828299885, 1e-10))
    let curve = map.differenceByDistance(on: layout)
    #expect(curve.map(\.pairs).prefix(3) == [420, 558, 658])
    #expect(curve.map(\.distance).prefix(3) == [1, 2, 3])
    #expect(curve[0].degrees < 15 && curve.map(\.pairs).reduce(0, +) == 7260)
    // Neighbors: 110 in a row, 310 one row apart.
    #expect(close(map.neighborDifference(on: layout), 310 * 180.0 / 11 / 420))
    // The same units anywhere else, in other units of length.
    let moved = UnitLayout(
      positions: layout.positions.map { [5 - 3 * $0[0], 3 * $0[1]] }, neighbors: layout.neighbors)
    #expect(map.moransI(on: moved) == map.moransI(on: layout))
    #expect(map.differenceByDistance(on: moved).map(\.pairs) == curve.map(\.pairs))
    #expect(map.differenceByDistance(on: moved)[0].distance == 3)
    #expect(OrientationMap.difference(179, 1) == 2 && OrientationMap.difference(0, 90) == 90)
    // A change of all orientations by one angle does not matter to differences.
    let turned = OrientationMap(
      map.preferred.map { .value((($0.number ?? 0) + 77).truncatingRemainder(dividingBy: 180)) })
    #expect(
      close(turned.neighborDifference(on: layout), 310 * 180.0 / 11 / 420, 1e-9))
  }

  @Test("random maps have no order, and half of the units at the axes") func chance() {
    let layout = UnitLayout(Sheet(rows: 11, columns: 11))
    var (order, cardinal, difference) = ([Double](), [Double](), [Double]())
    for seed in 0..<100 {
      var random = RandomSequence(Philox(seed: UInt64(seed), purpose: .test, stream: 3))
      let map = OrientationMap(
        (0..<121).map { _ in .value(Double(random.nextUniform()) * 180) })
      order.append(map.moransI(on: layout).number ?? 9)
      cardinal.append(map.cardinalShare.number ?? 9)
      difference.append(map.neighborDifference(on: layout).number ?? 0)
    }
    #expect(abs(Statistics.mean(order) + 1.0 / 120) < 0.012)
    #expect(abs(Statistics.mean(cardinal) - 0.5) < 0.02)
    #expect(abs(Statistics.mean(difference) - 45) < 1)
  }

  @Test("maps skip units without an orientation") func untuned() {
    let layout = UnitLayout(positions: [[0, 0], [0, 0], [1, 0], [2, 0]], neighbors: 1)
    let none = MeasuredValue.undefined("unit does not respond")
    let empty = OrientationMap([none, none, none, none])
    #expect(empty.moransI(on: layout).number == nil && empty.cardinalShare.number == nil)
    #expect(empty.neighborDifference(on: layout).number == nil)
    #expect(empty.differenceByDistance(on: layout).isEmpty)
    let map = OrientationMap([.value(10), .value(20), none, .value(90)])
    #expect(map.differenceByDistance(on: layout).map(\.pairs) == [1, 2])
    #expect(map.neighborDifference(on: layout) == .value(10))
    #expect(map.histogram(bins: 4) == [2, 0, 1, 0] && map.cardinalShare == .value(1))
    let equal = OrientationMap([.value(10), .value(10), .value(10), .value(10)])
    #expect(equal.moransI(on: layout).reason == "constant map")
  }
}
