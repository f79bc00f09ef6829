import Testing
import TopoSheets

@Suite("Moran's I") struct MoransITests {
  /// A map on a square sheet whose I is known exactly (rational arithmetic).
  struct Case: Sendable, CustomTestStringConvertible {
    var name: String
    var side: Int
    var binary: Double
    var standardized: Double
    var map: @Sendable (_ row: Int, _ column: Int) -> Double

    var testDescription: String { name }
    var values: [Double] {
      (0..<side * side).map { map($0 / side, $0 % side) }
    }
  }

  static let cases = [
    Case(name: "2 x 2", side: 2, binary: -1 / 3, standardized: -1 / 3) {
      Double($0 * $0 + 3 * $1)
    },
    Case(name: "3 x 3 center impulse", side: 3, binary: -13 / 40, standardized: -4 / 15) {
      $0 == 1 && $1 == 1 ? 1 : 0
    },
    Case(name: "3 x 3 corner impulse", side: 3, binary: -7 / 160, standardized: -21 / 320) {
      $0 == 0 && $1 == 0 ? 1 : 0
    },
    Case(name: "3 x 3 row ramp", side: 3, binary: 3 / 10, standardized: 16 / 45) { row, _ in
      Double(row)
    },
    Case(name: "3 x 3 checkerboard", side: 3, binary: -19 / 100, standardized: -7 / 30) {
      Double(($0 + $1) % 2)
    },
    Case(name: "11 x 11 row ramp", side: 11, binary: 179 / 210, standardized: 1714 / 1815) {
      row, _ in Double(row)
    },
    Case(name: "11 x 11 checkerboard", side: 11, binary: -731 / 15372, standardized: -43 / 610) {
      Double(($0 + $1) % 2)
    },
    Case(name: "11 x 11 column stripes", side: 11, binary: -10 / 21, standardized: -929 / 1980) {
      _, column in Double(column % 2)
    },
    Case(name: "11 x 11 half", side: 11, binary: 10709 / 12600, standardized: 1033 / 1200) {
      row, _ in row < 6 ? 1 : 0
    },
    Case(
      name: "11 x 11 center impulse", side: 11, binary: -137 / 12600, standardized: -1 / 120
    ) { $0 == 5 && $1 == 5 ? 1 : 0 },
    Case(name: "11 x 11 corner impulse", side: 11, binary: 19 / 16800, standardized: -7 / 1600) {
      $0 == 0 && $1 == 0 ? 1 : 0
    },
  ]

  @Test("equals the exact fractions", arguments: cases) func exact(_ example: Case) throws {
    let sheet = Sheet(rows: example.side, columns: example.side)
    let binary = try #require(MoransI(sheet: sheet).value(of: example.values).number)
    #expect(abs(binary - example.binary) < 1e-14)
    let standardized = try #require(
      MoransI(sheet: sheet, rowStandardized: true).value(of: example.values).number)
    #expect(abs(standardized - example.standardized) < 1e-14)
  }

  @Test("is blind to shift and scale") func affine() throws {
    let measure = MoransI(sheet: Sheet(rows: 3, columns: 3))
    let map: [Double] = [3, 1, 4, 1, 5, 9, 2, 6, 5]
    let value = try #require(measure.value(of: map).number)
    let other = try #require(measure.value(of: map.map { 100 - 7 * $0 }).number)
    #expect(abs(value - other) < 1e-12)
  }

  @Test("on a torus counts neighbors across the edge") func torus() throws {
    // Row 0 alone is 1. On the torus all units have 8 neighbors: with N = 25, z = 0.8 or -0.2,
    // each unit of row 0 has 2 neighbors of its kind and 6 of the other.
    let map = (0..<25).map { $0 < 5 ? 1.0 : 0.0 }
    let torus = MoransI(sheet: Sheet(rows: 5, columns: 5), neighborhood: .init(wraps: true))
    let squares = 5 * 0.64 + 20 * 0.04
    let edge = 5 * 0.8 * (2 * 0.8 - 6 * 0.2)
    let beside = 10 * -0.2 * (3 * 0.8 - 5 * 0.2)
    let away = 10 * -0.2 * (8 * -0.2)
    let value = try #require(torus.value(of: map).number)
    #expect(abs(value - (edge + beside + away) / (8 * squares)) < 1e-12)
  }

  @Test("of von Neumann neighbors sees a checkerboard as perfectly negative")
  func vonNeumann() throws {
    let measure = MoransI(
      sheet: Sheet(rows: 4, columns: 4), neighborhood: .init(.vonNeumann, wraps: true))
    let value = try #require(measure.value(of: (0..<16).map { Double(($0 / 4 + $0) % 2) }).number)
    #expect(abs(value + 1) < 1e-12)
  }

  @Test("is undefined for constant maps and maps that are not finite") func undefined() {
    let measure = MoransI(sheet: Sheet(rows: 3, columns: 3))
    #expect(measure.value(of: Array(repeating: 1e6, count: 9)) == .undefined("constant map"))
    #expect(measure.value(of: [1, 2, 3, .nan, 4, 5, 6, 7, 8]) == .undefined("map is not finite"))
    #expect(MoransI(sheet: Sheet(rows: 1, columns: 1)).value(of: [1]).number == nil)
  }

  @Test("averages a batch, whatever its size, over the maps that have a value")
  func batch() throws {
    let measure = MoransI(sheet: Sheet(rows: 3, columns: 3))
    var maps = (0..<19).map { seed -> [Float] in
      (0..<9).map { unit -> Float in
        let value = unit * 7 + seed * unit * unit + 3 * seed
        return Float(value % 11)
      }
    }
    maps[4] = Array(repeating: 2, count: 9)
    maps[17] = [1, .nan, 0, 0, 0, 0, 0, 0, 0]
    let expected = maps.map { measure.value(of: $0.map(Double.init)) }
    #expect(measure.values(of: Array(maps.joined())) == expected)
    let defined = expected.compactMap(\.number)
    let average = measure.average(of: Array(maps.joined()))
    #expect(average.undefined == 2)
    #expect(defined.count == 17)
    #expect(average.mean == .value(defined.reduce(0, +) / 17))
  }

  @Test("of no maps is undefined") func empty() {
    let average = MoransI(sheet: Sheet(rows: 3, columns: 3)).average(of: [])
    #expect(average.mean == .undefined("no maps"))
    #expect(average.undefined == 0)
  }
}
