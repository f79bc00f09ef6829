import Testing
import TopoFoundation
import TopoSheets

@testable import TopoAnalysis

@Suite("Spatial autocorrelation of maps") struct MapAutocorrelationTests {
  struct Example: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var side: Int
    var map: @Sendable (Int, Int) -> Double
    var moran: Double
    var rowStandardized: Double
    var geary: Double
  }

  static let examples: [Example] = [
    .init(
      testDescription: "2 x 2", side: 2, map: { $0 == 0 && $1 == 0 ? 1 : 0 }, moran: -1.0 / 3,
      rowStandardized: -1.0 / 3, geary: 1),
    .init(
      testDescription: "3 x 3 center", side: 3, map: { $0 == 1 && $1 == 1 ? 1 : 0 },
      moran: -13.0 / 40, rowStandardized: -4.0 / 15, geary: 9.0 / 5),
    .init(
      testDescription: "3 x 3 corner", side: 3, map: { $0 == 0 && $1 == 0 ? 1 : 0 },
      moran: -7.0 / 160, rowStandardized: -21.0 / 320, geary: 27.0 / 40),
    .init(
      testDescription: "3 x 3 ramp", side: 3, map: { row, _ in Double(row) }, moran: 3.0 / 10,
      rowStandardized: 16.0 / 45, geary: 7.0 / 15),
    .init(
      testDescription: "3 x 3 checkerboard", side: 3, map: { Double(($0 + $1) % 2) },
      moran: -19.0 / 100, rowStandardized: -7.0 / 30, geary: 27.0 / 25),
    .init(
      testDescription: "11 x 11 ramp", side: 11, map: { row, _ in Double(row) },
      moran: 179.0 / 210, rowStandardized: 1714.0 / 1815, geary: 31.0 / 847),
    .init(
      testDescription: "11 x 11 checkerboard", side: 11, map: { Double(($0 + $1) % 2) },
      moran: -731.0 / 15372, rowStandardized: -43.0 / 610, geary: 1331.0 / 1281),
    .init(
      testDescription: "11 x 11 stripes", side: 11, map: { Double($1 % 2) }, moran: -10.0 / 21,
      rowStandardized: -929.0 / 1980, geary: 31.0 / 21),
    .init(
      testDescription: "11 x 11 half", side: 11, map: { row, _ in row < 6 ? 1 : 0 },
      moran: 10709.0 / 12600, rowStandardized: 1033.0 / 1200, geary: 31.0 / 210),
    .init(
      testDescription: "11 x 11 center", side: 11, map: { $0 == 5 && $1 == 5 ? 1 : 0 },
      moran: -137.0 / 12600, rowStandardized: -1.0 / 120, geary: 121.0 / 105),
    .init(
      testDescription: "11 x 11 corner", side: 11, map: { $0 == 0 && $1 == 0 ? 1 : 0 },
      moran: 19.0 / 16800, rowStandardized: -7.0 / 1600, geary: 121.0 / 280),
  ]

  private func map(_ example: Example) -> [Double] {
    (0..<example.side * example.side).map { example.map($0 / example.side, $0 % example.side) }
  }

  private func neighbors(_ rows: Int, _ columns: Int) -> [[Int]] {
    UnitLayout(Sheet(rows: rows, columns: columns)).neighbors
  }

  @Test("the values of the specification", arguments: examples) func values(example: Example) {
    let around = neighbors(example.side, example.side)
    for found in [
      MapAutocorrelation(of: [map(example)], neighbors: around),
      MapAutocorrelation(of: map(example).map(Float.init), neighbors: around),
    ] {
      #expect(isNear(found.moransI, example.moran, 1e-12))
      #expect(isNear(found.rowStandardized, example.rowStandardized, 1e-12))
      #expect(isNear(found.gearysC, example.geary, 1e-12))
      #expect(found.undefined == 0)
    }
  }

  @Test("the values on a torus") func torus() {
    let sheet = Sheet(rows: 11, columns: 11)
    let around = UnitLayout(sheet, neighborhood: .init(wraps: true)).neighbors
    let expected = [0.625, -0.0744535519, -0.375, 0.725, -0.0083333333]
    let names = ["ramp", "checkerboard", "stripes", "half", "center"]
    for (name, value) in zip(names, expected) {
      let example = Self.examples.first { $0.testDescription == "11 x 11 \(name)" }
      let found = example.map { MapAutocorrelation(of: [map($0)], neighbors: around) }
      #expect(isNear(found?.moransI, value, 1e-9))
    }
  }

  @Test("agrees with esda on sheets, a torus, a line and any graph") func esda() throws {
    for example in try OrganizationFixture.load().autocorrelation {
      let units = example.neighbors.count
      let geary = GearysC(neighbors: example.neighbors).values(of: example.maps)
      let binary = MoransI(neighbors: example.neighbors).values(of: example.maps)
      let standardized = MoransI(neighbors: example.neighbors, rowStandardized: true)
        .values(of: example.maps)
      #expect(geary.count == example.maps.count / units)
      for index in geary.indices {
        #expect(isNear(geary[index], example.geary[index], 1e-12))
        #expect(isNear(binary[index], example.binary[index], 1e-12))
        #expect(isNear(standardized[index], example.rowStandardized[index], 1e-12))
      }
    }
  }

  @Test("symmetries of the sheet and affine changes do not matter") func invariance() throws {
    let values = MadeUp.values(49, seed: 1).map(Double.init)
    let around = neighbors(7, 7)
    let found = MapAutocorrelation(of: [values], neighbors: around)
    for order in MadeUp.symmetries(side: 7) {
      let other = MapAutocorrelation(of: [order.map { -3 * values[$0] + 2 }], neighbors: around)
      #expect(isNear(other.moransI, try #require(found.moransI.number)))
      #expect(isNear(other.rowStandardized, try #require(found.rowStandardized.number)))
      #expect(isNear(other.gearysC, try #require(found.gearysC.number)))
    }
    // A permutation of units does.
    let sorted = MapAutocorrelation(of: [values.sorted()], neighbors: around)
    #expect((sorted.moransI.number ?? 0) > 0.5 && (sorted.gearysC.number ?? 1) < 0.5)
  }

  @Test("random maps have the expected mean and spread") func random() throws {
    let maps = MadeUp.values(1000 * 121, seed: 5)
    let around = neighbors(11, 11)
    let moran = MoransI(neighbors: around).values(of: maps).compactMap(\.number)
    let geary = GearysC(neighbors: around).values(of: maps).compactMap(\.number)
    // Four standard errors; the spread under normality is 0.047221.
    #expect(abs(Statistics.mean(moran) + 1.0 / 120) < 4 * 0.0473 / 1000.0.squareRoot())
    #expect(abs(Statistics.standardDeviation(moran) - 0.0472) < 0.005)
    #expect(abs(Statistics.mean(geary) - 1) < 0.01)
  }

  @Test("constant maps, lone units and no maps are undefined and counted") func undefined() {
    let around = neighbors(3, 3)
    var maps = [Float](repeating: 2, count: 27)
    maps[9] = 3
    let found = MapAutocorrelation(of: maps, neighbors: around)
    #expect(found.undefined == 2 && isNear(found.gearysC, 27.0 / 40))
    let constant = MapAutocorrelation(of: [Float](repeating: 1, count: 9), neighbors: around)
    #expect(constant.moransI.reason == "constant map" && constant.gearysC.reason == "constant map")
    #expect(MapAutocorrelation(of: [Float](), neighbors: around).gearysC.reason == "no maps")
    #expect(GearysC(neighbors: [[]]).value(of: [1]).reason == "no unit has neighbors")
    #expect(
      GearysC(neighbors: around).value(of: [.infinity, 0, 0, 0, 0, 0, 0, 0, 0]).number == nil)
    // A sheet of one row has neighbors to the left and right.
    #expect(isNear(GearysC(neighbors: neighbors(1, 3)).value(of: [0, 1, 0]), 1.5))
  }

  @Test("many maps are averaged like each alone", arguments: [1, 3, 31, 33, 121])
  func sizes(units: Int) throws {
    let around = neighbors(1, units)
    let maps = MadeUp.values(301 * units, seed: 9)
    let measure = GearysC(neighbors: around)
    let all = measure.values(of: maps)
    #expect(all.count == 301)
    for index in [0, 7, 255, 256, 300] {
      let map = maps[index * units..<(index + 1) * units].map(Double.init)
      #expect(all[index] == measure.value(of: map))
    }
  }
}
