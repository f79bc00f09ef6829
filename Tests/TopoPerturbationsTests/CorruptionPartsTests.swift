import CVectorKernels
import Foundation
import Testing
import TopoFoundation

@testable import TopoPerturbations

@Suite("Parts of corruptions") struct CorruptionPartsTests {
  private func random(_ image: UInt64 = 0) -> CorruptionRandom {
    CorruptionRandom(source: Philox(seed: 11, purpose: .test), image: image)
  }

  @Test("the exponential function is right to the last digits") func exponential() {
    #expect(PortableMath.exponential(0) == 1)
    for step in 0..<2000 {
      let x = -Double(step) * 0.171
      let (ours, theirs) = (PortableMath.exponential(x), exp(x))
      #expect(abs(ours - theirs) <= 4 * theirs.ulp)
    }
    #expect(PortableMath.exponential(-1000) == 0)
  }

  @Test(
    "Poisson numbers have the chances of their mean", arguments: [0, 0.01, 0.7, 3, 24.5, 500.0])
  func poisson(_ mean: Double) {
    let table = PoissonTable(mean: mean)
    // Limits of the distribution function, from its formula.
    var (chance, sum, k) = (exp(-mean), 0.0, 0)
    while k < 700 {
      sum += chance
      let limit = sum * 0x1p64
      if sum > 1e-12, sum < 1 - 1e-12 {
        #expect(table.number(UInt64(limit - 1e-14 * 0x1p64)) <= k)
        #expect(table.number(UInt64(limit + 1e-14 * 0x1p64)) > k)
      }
      k += 1
      chance *= mean / Double(k)
    }
    #expect(table.number(0) >= 0)
    #expect(mean == 0 ? table.number(.max) == 0 : table.number(.max) > Int(mean))
  }

  @Test(
    "weighted sums add terms in order, for any number of columns",
    arguments: [1, 3, 4, 27, 28, 31, 32, 33, 61, 121])
  func weightedSums(_ columns: Int) {
    let values = (0..<400).map { 1 / Double(1 + ($0 * 7919) % 401) }
    for terms in [0, 1, 3, 31] {
      let offsets = (0..<terms).map { ($0 * 37) % 270 }
      let weights = (0..<terms).map { 0.3 - Double($0) / 17 }
      var sums = [Double](repeating: .nan, count: columns + 2)
      sums.withUnsafeMutableBufferPointer {
        topo_weighted_sum(
          Int32(terms), values, offsets, weights, Int32(columns), $0.baseAddress! + 1)
      }
      #expect(sums[0].isNaN && sums[columns + 1].isNaN)
      for column in 0..<columns {
        var sum = 0.0
        for term in 0..<terms { sum += values[offsets[term] + column] * weights[term] }
        // The same bits.
        #expect(sums[1 + column] == sum)
      }
    }
  }

  @Test("a defocus disk sums to 1, and below one pixel is a point before it is softened")
  func disk() {
    for (radius, softening) in [(0.3, 0.4), (0.5, 0.6), (1, 0.2), (1.5, 0.1), (6, 0.5)] {
      let disk = DefocusDisk(radius: radius, softening: softening)
      #expect(abs(disk.taps.reduce(0) { $0 + $1.weight } - 1) < 1e-6)
    }
    // So the kernel is the product of two softening kernels.
    let soft = DefocusDisk(radius: 0.5, softening: 0.6)
    let side = exp(-1 / (2 * 0.36)) / (1 + 2 * exp(-1 / (2 * 0.36)))
    #expect(soft.taps.count == 9 && soft.reach == 1)
    #expect(abs(soft.taps[0].weight - side * side) < 1e-7)
    #expect(abs(soft.taps[1].weight - side * (1 - 2 * side)) < 1e-7)
  }

  @Test(
    "clouds begin at 0 and end at 1, wherever that is, and neighbors are alike",
    arguments: [(32, 3.0), (32, 1.75), (256, 2), (256, 1.7), (256, 1.4)])
  func plasma(_ size: Int, _ decay: Double) {
    let cloud = PlasmaFractal(atLeast: size, decay: decay)
    for image in 0..<UInt64(size == 32 ? 500 : 100) {
      cloud.draw(random(image))
      let values = (0..<size * size).map { cloud.value($0 / size, $0 % size) }
      #expect(values.min() == 0 && values.max() == 1)
      let mean = values.reduce(0, +) / Float(values.count)
      let variance = values.map { ($0 - mean) * ($0 - mean) }.reduce(0, +)
      var near: Float = 0
      for index in 0..<values.count {
        near += (values[index] - mean) * (values[(index + 1) % values.count] - mean)
      }
      #expect(near / variance > 0.6)
    }
    #expect(PlasmaFractal(atLeast: size + 1, decay: 2).size == 2 * size)
  }

  @Test("the affine map takes moved points back") func affine() {
    let moves: SIMD8<Double> = [1, -2, 0.5, 0.25, -1.5, 2, 0, 0]
    let map = JitteredMap(rows: 32, columns: 40, moves: moves)
    for (index, point) in [(30.0, 26.0), (30, 6), (10, 6)].enumerated() {
      let back = map.source(
        ofColumn: point.0 + moves[2 * index], row: point.1 + moves[2 * index + 1])
      #expect(abs(back.x - point.0) < 1e-9 && abs(back.y - point.1) < 1e-9)
    }
  }

  @Test("borders repeat and mirror at any distance") func borders() {
    #expect((-5..<9).map { Border.reflect($0, 4) } == [3, 3, 2, 1, 0, 0, 1, 2, 3, 3, 2, 1, 0, 0])
    #expect((-5..<9).map { Border.mirror($0, 4) } == [1, 2, 3, 2, 1, 0, 1, 2, 3, 2, 1, 0, 1, 2])
    #expect((-2..<6).map { Border.nearest($0, 4) } == [0, 0, 0, 1, 2, 3, 3, 3])
    #expect(Border.mirror(5, 1) == 0)
  }

  @Test("Gaussian kernels end where SciPy's do, and sum to 1") func kernels() {
    #expect(
      [0.05, 0.25, 0.4, 0.6, 1, 6].map {
        GaussianSmoothing.weights(sigma: $0, truncate: 4).count - 1
      } == [0, 1, 2, 2, 4, 24])
    let weights = GaussianSmoothing.weights(sigma: 1.3, truncate: 4)
    #expect(abs(weights[0] + 2 * weights[1...].reduce(0, +) - 1) < 1e-15)
    #expect(GaussianSmoothing.weights(sigma: 0, truncate: 3) == [1])
  }

  @Test("a blur by motion of a point is its kernel, along the direction") func motion() {
    let filter = MotionFilter(rows: 9, columns: 9, radius: 2, sigma: 1)
    var plane = [UInt8](repeating: 0, count: 81)
    plane[4 * 9 + 4] = 255
    var output = [UInt8](repeating: 0, count: 81)
    filter.apply(plane, cosine: 1, sine: 0, into: &output)
    let sum = (0...4).map { exp(-Double($0 * $0) / 2) }.reduce(0, +)
    for step in 0...4 {
      let expected = (255 * exp(-Double(step * step) / 2) / sum).rounded(.down)
      #expect(Double(output[4 * 9 + 4 - step]) == expected)
    }
    #expect(output.enumerated().allSatisfy { $0.offset / 9 == 4 || $0.element == 0 })
    filter.apply(plane, cosine: 0, sine: -1, into: &output)
    #expect(
      output[4 * 9 + 4] > output[5 * 9 + 4] && output[5 * 9 + 4] > 0 && output[3 * 9 + 4] == 0)
  }
}
