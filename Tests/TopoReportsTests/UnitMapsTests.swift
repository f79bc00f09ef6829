import Testing
import TopoAnalysis

@testable import TopoReports

/// Notes what is drawn.
private struct Recorder: DrawingSurface {
  var fills: [UnitFrame.Cell] = []
  var texts: [String] = []
  /// By text.
  var columns: [String: Int] = [:]
  var lines: [(down: Double, across: Double)] = []

  mutating func fill(row: Int, column: Int, height: Int, width: Int, color: Color) {
    fills.append(UnitFrame.Cell(row: row, column: column, height: height, width: width))
  }

  mutating func write(_ text: String, row: Int, column: Int, size: Int, color: Color) {
    texts.append(text)
    columns[text] = column
  }

  mutating func line(
    from start: (row: Double, column: Double), to end: (row: Double, column: Double), color: Color
  ) {
    lines.append((end.row - start.row, end.column - start.column))
  }
}

/// Pictures of measures of units.
@Suite("Maps of units") struct UnitMapsTests {
  private static func grid(_ rows: Int, _ columns: Int) -> [[Double]] {
    (0..<rows * columns).map { [Double($0 / columns), Double($0 % columns)] }
  }

  private static func random(_ count: Int) -> [[Double]] {
    var state: UInt64 = 1
    func next() -> Double {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Double(state >> 40) / Double(1 << 24)
    }
    return (0..<count).map { _ in [next(), next()] }
  }

  private static let layouts: [(positions: [[Double]], edge: Int)] = [
    (grid(11, 11), 132), (grid(1, 300), 264), (grid(200, 20), 264), (grid(64, 64), 132),
    (grid(100, 4), 200), (grid(1, 1), 132), (random(4096), 264),
    ([[0, 0], [0, 1e-9], [1, 1]], 264), ([[1e308, 0], [-1e308, 5], [0, 0]], 264),
    ([[2, 2], [2, 2]], 132),
  ]

  private func maps(_ positions: [[Double]]) -> UnitMaps {
    let values = positions.indices.map { Double?(Double($0)) }
    return UnitMaps(
      ["a", "b"].map { .init(name: $0, positions: positions, values: [values, values]) },
      measures: [.init("energy"), .init("variance")])
  }

  @Test("no unit is drawn outside of the square of its map") func squares() {
    for (positions, edge) in Self.layouts {
      let maps = maps(positions)
      #expect(maps.edge == edge, "\(positions.count)")
      var recorder = Recorder()
      maps.draw(on: &recorder)
      let canvas = maps.drawn()
      for map in 0..<4 {
        let fills = recorder.fills[map * positions.count..<(map + 1) * positions.count]
        for (first, last, all) in [
          (fills.map(\.row).min(), fills.map { $0.row + $0.height }.max(), canvas.rows),
          (fills.map(\.column).min(), fills.map { $0.column + $0.width }.max(), canvas.columns),
        ] {
          #expect((last ?? .max) - (first ?? 0) <= edge, "\(positions.count)")
          #expect((first ?? -1) >= 0 && (last ?? .max) <= all, "\(positions.count)")
        }
      }
    }
  }

  @Test("units of a grid touch each other and do not overlap") func grids() {
    for (rows, columns) in [(11, 11), (7, 7), (64, 64), (1, 250), (100, 20), (33, 5)] {
      let frame = UnitFrame(Self.grid(rows, columns))
      let edge = UnitFrame.edge([frame])
      let cells = frame.cells(edge: edge)
      for (unit, cell) in cells.enumerated() where unit % columns > 0 {
        let left = cells[unit - 1]
        #expect(left.column + left.width == cell.column && left.row == cell.row)
      }
      let last = cells[cells.count - 1]
      #expect(max(last.row + last.height, last.column + last.width) == edge)
      // Steps of any length, from any place.
      let moved = UnitFrame(Self.grid(rows, columns).map { $0.map { 0.1 * $0 - 3 } })
      #expect(moved.cells(edge: edge) == cells, "\(rows) x \(columns)")
    }
    #expect(
      UnitFrame(Self.grid(11, 11)).cells(edge: 132)[12]
        == .init(row: 12, column: 12, height: 12, width: 12))
  }

  @Test("a canvas leaves out what is outside of it") func canvas() {
    var canvas = Canvas(rows: 3, columns: 3, channels: 3)
    canvas.fill(row: -5, column: 2, height: 6, width: 100, color: Color(0, 0, 0))
    canvas.fill(row: 2, column: -4, height: 9, width: 5, shade: 0)
    canvas.fill(row: 40, column: 40, height: 2, width: 2, color: Color(0, 0, 0))
    canvas.fill(row: -40, column: -40, height: 2, width: 2, shade: 0)
    let black = (0..<9).filter { canvas.pixels[3 * $0] == 0 }
    #expect(black == [2, 6])
  }

  @Test("the legend names the classes that occur, and no others") func legend() {
    var recorder = Recorder()
    let classes: [Double?] = [41, 7, nil, 99_999]
    UnitMaps(
      [.init(name: "net", positions: Self.grid(2, 2), values: [classes])],
      measures: [.init("preferred-class", unit: "class")]
    ).draw(on: &recorder)
    #expect(recorder.texts == ["preferred-class", "net", "7", "41", "99999", "undefined"])
  }

  @Test("the legend of classes is below their maps; undefined has an entry only if it occurs")
  func places() throws {
    for (values, isUndefined) in [([1, 7, 2, 1] as [Double?], false), ([1, nil, 2, 7], true)] {
      var recorder = Recorder()
      UnitMaps(
        [.init(name: "net", positions: Self.grid(2, 2), values: [[0, 1, 2, 3], values])],
        measures: [.init("energy"), .init("preferred-class", unit: "class")]
      ).draw(on: &recorder)
      let left = try #require(recorder.columns["preferred-class"])
      #expect(recorder.columns["1"] == left + 14, "a square of 10 pixels and 4 pixels of space")
      #expect(recorder.texts.contains("undefined") == isUndefined)
    }
  }

  @Test("ends of a scale beyond which values lie are marked") func ends() throws {
    func texts(_ values: [Double]) throws -> [String] {
      let found = try #require(UnitMapScale(values, unit: "1").endTexts(values))
      return [found.low, found.high]
    }
    let hundred = (0..<100).map(Double.init)
    #expect(try texts(hundred) == ["≤ 1", "≥ 98"])
    #expect(try texts([1, 2, 3, 4]) == ["1", "4"])
    #expect(try texts(hundred.dropLast() + [-1000]) == ["≤ 0", "≥ 97"])
    // Both ends of a scale around 0 are as far from it.
    #expect(try texts(hundred.map { $0 - 2 }) == ["-96", "≥ 96"])
    for sign: Character in ["≤", "≥"] { #expect(BitmapFont.glyph(sign) != BitmapFont.glyph("é")) }
    var recorder = Recorder()
    UnitMaps(
      [.init(name: "net", positions: Self.grid(10, 10), values: [hundred])],
      measures: [.init("energy")]
    ).draw(on: &recorder)
    #expect(recorder.texts == ["energy", "net", "≤ 1", "≥ 98"])
  }

  @Test("orientations have lines, whose angles grow clockwise") func orientations() {
    func lines(_ side: Int, _ value: Double, _ measure: UnitMaps.Measure) -> Recorder {
      var recorder = Recorder()
      let units = Self.grid(side, side)
      UnitMaps(
        [.init(name: "net", positions: units, values: [units.map { _ in value }])],
        measures: [measure]
      ).draw(on: &recorder)
      return recorder
    }
    let angle = UnitMaps.Measure("grating-orientation", unit: "degrees")
    let slanted = lines(2, 45, angle).lines
    // Units, then 0, 45, 90, 135 and 180 degrees on the bar.
    #expect(slanted.count == 4 + 5)
    for line in slanted[..<4] { #expect(line.down > 1 && abs(line.down - line.across) < 1e-9) }
    #expect(abs(slanted[4].down) < 1e-9 && abs(slanted[6].across) < 1e-9)
    #expect(slanted[7].down > 1 && slanted[7].across < -1)
    #expect(lines(64, 45, angle).lines.count == 5, "units of 2 pixels have no room")
    // Widths of curves are in degrees, but not angles of a circle.
    let width = UnitMaps.Measure(
      MeasureDescription(
        "half-width", "width", unit: "degrees", range: "(0, 90]", isPerUnit: true))
    #expect(lines(2, 45, width).lines.isEmpty)
  }

  @Test("a line on a canvas and in SVG") func drawnLine() {
    var canvas = Canvas(rows: 8, columns: 8, channels: 3)
    canvas.line(from: (2, 2), to: (6, 6), color: Color(0, 0, 0))
    func isBlack(_ row: Int, _ column: Int) -> Bool { canvas.pixels[3 * (8 * row + column)] == 0 }
    #expect((1..<7).allSatisfy { isBlack($0, $0) } && !isBlack(6, 1) && !isBlack(1, 6))
    var picture = SVGSurface(rows: 8, columns: 8)
    picture.line(from: (2, 3), to: (6, 7.5), color: Color(0, 0, 0))
    #expect(picture.text.contains("<line x1=\"3.0\" y1=\"2.0\" x2=\"7.5\" y2=\"6.0\""))
  }

  @Test("extreme values are drawn") func extremes() {
    for values in [[1e308, -1e308, 1e-308, 0], [1e308, 1e308, 0, 3], [-5, 3.7, 1e300, 0]] {
      for unit in ["1", "class", "degrees"] {
        let maps = UnitMaps(
          [.init(name: "net", positions: Self.grid(2, 2), values: [values])],
          measures: [.init("measure", unit: unit)])
        #expect(maps.drawn().rows > 132)
      }
    }
  }
}
