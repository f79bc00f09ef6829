import Testing
import TopoFoundation
import TopoSheets
import TopoStatistics

@testable import TopoAnalysis

@Suite("Moran spectral randomization") struct MoranRandomizationTests {
  private func layouts() -> [UnitLayout] {
    var samples = RepresentationSamples(1)
    let points = samples.normal(30)
    return [
      UnitLayout(Sheet(rows: 5, columns: 5)), UnitLayout(Sheet(rows: 1, columns: 9)),
      UnitLayout(positions: (0..<10).map { Array(points[$0 * 3..<$0 * 3 + 3]) }, neighbors: 3),
      // Units on top of one another, and a unit without neighbors.
      UnitLayout(
        positions: [[0, 0], [0, 0], [0, 0], [1, 1], [9, 9]],
        neighbors: [[1, 2, 3], [0, 2], [0, 1], [0], []]),
    ]
  }

  @Test("random maps keep mean, variance and Moran's I exactly, and differ") func moments() throws {
    for (index, layout) in layouts().enumerated() {
      var samples = RepresentationSamples(UInt64(20 + index))
      let map = samples.normal(layout.units).map { 3 * $0 + 7 }
      let null = try MoranRandomization(neighbors: layout.neighbors)
      let statistic = MoransI(neighbors: layout.neighbors)
      #expect(null.eigenvalues.count == layout.units - 1)
      var seen: Set<[Double]> = []
      for draw in 0..<4 {
        let other = null.surrogate(of: map, draw: draw)
        #expect(abs(Statistics.mean(other) - Statistics.mean(map)) < 1e-10)
        #expect(
          abs(Statistics.standardDeviation(other) - Statistics.standardDeviation(map)) < 1e-10)
        #expect(abs(statistic.value(of: other).orNaN - statistic.value(of: map).orNaN) < 1e-10)
        seen.insert(other)
      }
      #expect(seen.count > 1)
      #expect(null.surrogate(of: map, draw: 2) == null.surrogate(of: map, draw: 2))
      #expect(null.surrogate(of: map, draw: 2, seed: 1) != null.surrogate(of: map, draw: 2))
    }
  }

  @Test("Moran's I is the mean of eigenvalues weighted by squared coefficients") func spectrum()
    throws
  {
    let layout = UnitLayout(Sheet(rows: 3, columns: 3))
    let null = try MoranRandomization(neighbors: layout.neighbors)
    // The impulse at the center of the specification: I = -13 / 40.
    let squares = null.coefficients(of: [0, 0, 0, 0, 1, 0, 0, 0, 0]).map { $0 * $0 }
    let sum = zip(squares, null.eigenvalues).reduce(0) { $0 + $1.0 * $1.1 }
    #expect(abs(9.0 / 40 * sum / squares.reduce(0, +) + 13.0 / 40) < 1e-12)
  }

  @Test("distances as weights keep their own Moran's I, mean and variance") func distances() throws
  {
    for layout in layouts() {
      var samples = RepresentationSamples(27)
      let map = samples.normal(layout.units)
      let null = try MoranRandomization(distancesOf: layout)
      let other = null.surrogate(of: map, draw: 5)
      func products(_ map: [Double]) -> Double {
        let mean = Statistics.mean(map)
        var sum = 0.0
        for a in map.indices {
          for b in map.indices {
            sum += layout.distance(a, b) * (map[a] - mean) * (map[b] - mean)
          }
        }
        return sum
      }
      #expect(abs(products(other) - products(map)) < 1e-9)
      #expect(abs(Statistics.mean(other) - Statistics.mean(map)) < 1e-10)
      #expect(abs(Statistics.standardDeviation(other) - Statistics.standardDeviation(map)) < 1e-10)
    }
  }

  /// Shares of pairs of independent smooth maps that are significant at .05.
  private struct Rates {
    var (neighbors, distances, shuffles) = (0.0, 0.0, 0.0)

    init(width: Double, pairs: Int, seed: UInt64) throws {
      let layout = UnitLayout(Sheet(rows: 11, columns: 11))
      let near = try MoranRandomization(neighbors: layout.neighbors)
      let far = try MoranRandomization(distancesOf: layout)
      let draws = 99
      var samples = RepresentationSamples(seed)
      for pair in 0..<pairs {
        let first = samples.smoothMap(rows: 11, columns: 11, width: width)
        let second = samples.smoothMap(rows: 11, columns: 11, width: width)
        func share(_ null: MoranRandomization) -> Double {
          let found = null.significance(
            of: [first], and: [second], draws: draws, seed: UInt64(pair))
          return found.probability.orNaN <= 0.05 ? 1 / Double(pairs) : 0
        }
        neighbors += share(near)
        distances += share(far)
        guard let x = StandardizedVector(first).values, let y = StandardizedVector(second).values
        else { continue }
        let observed = abs(zip(x, y).reduce(0) { $0 + $1.0 * $1.1 })
        var reached = 0
        for _ in 0..<draws {
          let order = samples.permutation(121)
          var sum = 0.0
          for unit in 0..<121 { sum += x[unit] * y[order[unit]] }
          if abs(sum) >= observed { reached += 1 }
        }
        if Double(1 + reached) / Double(1 + draws) <= 0.05 { shuffles += 1 / Double(pairs) }
      }
    }
  }

  @Test("independent smooth maps: about 5 % are significant, but most by a shuffle of positions")
  func falsePositives() throws {
    let rates = try Rates(width: 1.5, pairs: 240, seed: 31)
    #expect(rates.neighbors > 0.01 && rates.neighbors < 0.11, "\(rates)")
    #expect(rates.distances > 0.01 && rates.distances < 0.10, "\(rates)")
    #expect(rates.shuffles > 0.4, "\(rates)")
  }

  @Test("very smooth maps: distances as weights hold, neighbors do not") func verySmooth() throws {
    let rates = try Rates(width: 3, pairs: 160, seed: 32)
    #expect(rates.distances < 0.13, "\(rates)")
    #expect(rates.neighbors > rates.distances, "\(rates)")
    #expect(rates.shuffles > 0.6, "\(rates)")
  }

  @Test("maps without order: about 5 % are significant") func noise() throws {
    let null = try MoranRandomization(distancesOf: UnitLayout(Sheet(rows: 4, columns: 5)))
    var samples = RepresentationSamples(33)
    var count = 0
    for pair in 0..<300 {
      let found = null.significance(
        of: [samples.normal(20)], and: [samples.normal(20)], draws: 59, seed: UInt64(pair))
      if found.probability.orNaN <= 0.05 { count += 1 }
    }
    #expect(count > 4 && count < 29, "\(count) of 300")
  }

  @Test("taking the best of eight symmetries keeps the rate of false positives")
  func alignedFalsePositives() throws {
    let sheet = Sheet(rows: 7, columns: 7)
    let null = try MoranRandomization(distancesOf: UnitLayout(sheet))
    var (aligned, naive) = (0, 0)
    var samples = RepresentationSamples(41)
    for pair in 0..<120 {
      let first = samples.smoothMap(rows: 7, columns: 7, width: 1.5)
      let second = samples.smoothMap(rows: 7, columns: 7, width: 1.5)
      let found = null.alignedSignificance(
        of: [first], and: [second], sheet: sheet, draws: 59, seed: UInt64(pair))
      if found.probability.orNaN <= 0.05 { aligned += 1 }
      // The best orientation, judged as if it had been chosen before.
      let order = MapConsistency([first], [second], sheet: sheet).symmetry?.order(on: sheet)
      let moved = order?.map { second[$0] } ?? second
      let other = null.significance(of: [first], and: [moved], draws: 59, seed: UInt64(pair))
      if other.probability.orNaN <= 0.05 { naive += 1 }
    }
    #expect(aligned <= 15, "\(aligned) of 120")
    #expect(naive > aligned + 10, "\(naive) of 120")
  }

  @Test("a map and its copy are significant; constant and missing maps are undefined")
  func power() throws {
    let sheet = Sheet(rows: 7, columns: 7)
    let null = try MoranRandomization(neighbors: UnitLayout(sheet).neighbors)
    var samples = RepresentationSamples(51)
    let map = samples.smoothMap(rows: 7, columns: 7, width: 1)
    let own = null.significance(of: [map, nil], and: [map, map], draws: 99)
    #expect(own.probability == .value(0.01) && abs(own.statistic.orNaN - 1) < 1e-12)
    let reversed = null.alignedSignificance(
      of: [map], and: [Array(map.reversed())], sheet: sheet, draws: 99)
    #expect(reversed.probability == .value(0.01) && abs(reversed.statistic.orNaN - 1) < 1e-12)
    let flat = null.significance(of: [[Double](repeating: 2, count: 49)], and: [map])
    #expect(flat.probability.reason == "constant maps" && flat.statistic.number == nil)
    let one = try MoranRandomization(neighbors: [[]])
    #expect(one.eigenvalues.isEmpty && one.surrogate(of: [3], draw: 0) == [3])
    #expect(one.significance(of: [[3]], and: [[4]]).probability.number == nil)
  }
}
