import Testing
import TopoSheets

@testable import TopoAnalysis

@Suite("Layouts of units") struct UnitLayoutTests {
  @Test("a sheet has its grid's distances and neighbors") func sheet() {
    let layout = UnitLayout(Sheet(rows: 11, columns: 11))
    #expect(layout.units == 121 && layout.pairs.count == 420)
    #expect(layout.distance(0, 120) == 200.0.squareRoot())
    let distances = (0..<121).flatMap { first in
      ((first + 1)..<121).map { layout.distance(first, $0) }
    }
    #expect(distances.count == 7260)
    #expect(abs(distances.reduce(0, +) / 7260 - 5.758545271680613) < 1e-12)
  }

  @Test("nearest units are neighbors, both ways") func nearest() {
    // Units on a line, two of them on top of one another.
    let layout = UnitLayout(positions: [[0, 0], [1, 0], [1, 0], [5, 0]], neighbors: 1)
    #expect(layout.neighbors == [[1], [0, 2, 3], [1], [1]])
    #expect(layout.distance(1, 2) == 0)
    #expect(UnitLayout(positions: [[0, 0, 0]], neighbors: 3).neighbors == [[]])
    #expect(
      UnitLayout(positions: [[0, 0, 1], [0, 0, 2]], neighbors: 8).neighbors == [[1], [0]])
  }

  @Test("permuting deals the positions anew") func permuted() {
    let layout = UnitLayout(Sheet(rows: 1, columns: 3))
    let other = layout.permuted([2, 0, 1])
    // Unit 0 is at column 2, unit 1 at column 0, unit 2 at column 1.
    #expect(other.positions == [[0, 2], [0, 0], [0, 1]])
    #expect(other.neighbors == [[2], [2], [0, 1]])
    #expect(layout.permuted([0, 1, 2]).neighbors == layout.neighbors)
  }
}
