import Testing
import TopoEvaluation
import TopoSheets

@testable import TopoReports

/// Pictures of sheets.
@Suite("Maps of sheets") struct SheetMapsTests {
  private func color(_ canvas: Canvas, _ row: Int, _ column: Int) -> [UInt8] {
    let start = (row * canvas.columns + column) * 3
    return Array(canvas.pixels[start..<start + 3])
  }

  /// A sheet of 2 x 2 units, two of which prefer each class.
  private func drawn(names: [String]) -> Canvas {
    SheetMaps(
      [
        .init(
          name: "control", sheet: Sheet(rows: 2, columns: 2),
          means: ClassMeans(sheet: [4, 0, 4, 0, 0, 4, 0, 4], labels: [0, 1], classes: 2))
      ], classNames: names
    ).drawn()
  }

  @Test("units have the color of the class they prefer, then red and blue for each class")
  func colors() {
    let canvas = drawn(names: ["a", "b"])
    let (first, second) = (Palette.color(ofClass: 0), Palette.color(ofClass: 1))
    // The last row of the maps: left and right unit.
    let row = canvas.rows - 17
    let seen = Set((0..<canvas.columns).map { color(canvas, row, $0) })
    let red = Palette.diverging(1), blue = Palette.diverging(-1)
    for wanted in [first, second, red, blue] {
      #expect(seen.contains([wanted.red, wanted.green, wanted.blue]))
    }
    #expect(seen.count == 5, "those, and white paper")
    #expect(Palette.diverging(0) == Color(255, 255, 255))
    #expect(Palette.diverging(7) == red && Palette.diverging(-7) == blue)
  }

  @Test("long names of classes have room")
  func names() {
    let (short, long) = (drawn(names: ["a", "b"]), drawn(names: ["a", "a very long class name"]))
    #expect(long.columns > short.columns && long.rows == short.rows)
  }
}
