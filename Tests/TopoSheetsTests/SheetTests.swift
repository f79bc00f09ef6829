import Testing
import TopoCompute
import TopoSheets

@Suite("Sheets") struct SheetTests {
  @Test(
    "the Moore neighborhood has the known number of pairs",
    arguments: [
      (11, 11, 420), (8, 8, 210), (3, 3, 20), (2, 3, 11), (2, 2, 6), (1, 5, 4), (1, 1, 0),
    ])
  func mooreNeighborhoodHasTheKnownNumberOfPairs(rows: Int, columns: Int, pairs: Int) {
    let graph = Neighborhood().graph(for: Sheet(rows: rows, columns: columns))
    #expect(graph.units == rows * columns)
    #expect(graph.pairs.count == pairs)
    #expect(graph.pairs.allSatisfy { $0.weight == 1 / Float(pairs) })
  }

  @Test(
    "other neighborhoods have the number of pairs counted by hand",
    arguments: [
      (Neighborhood(.vonNeumann), 3, 4, 17), (Neighborhood(wraps: true), 4, 5, 80),
      (Neighborhood(.vonNeumann, wraps: true), 4, 5, 40),
      // On a torus two wide, left and right are the same neighbor; one wide, a unit is its own.
      (Neighborhood(wraps: true), 2, 2, 6), (Neighborhood(.vonNeumann, wraps: true), 1, 5, 5),
    ])
  func otherNeighborhoodsHaveTheNumberOfPairsCountedByHand(
    neighborhood: Neighborhood, rows: Int, columns: Int, pairs: Int
  ) {
    #expect(neighborhood.graph(for: Sheet(rows: rows, columns: columns)).pairs.count == pairs)
  }

  @Test("pairs ascend and occur once") func pairsAscendAndOccurOnce() {
    for neighborhood in [Neighborhood(), Neighborhood(wraps: true)] {
      let pairs = neighborhood.graph(for: Sheet(rows: 5, columns: 4)).pairs
      #expect(pairs.allSatisfy { $0.first < $0.second })
      #expect(
        zip(pairs, pairs.dropFirst()).allSatisfy {
          ($0.first, $0.second) < ($1.first, $1.second)
        })
    }
  }

  @Test("pairs have the same weight") func pairsWeighTheSame() {
    let graph = Neighborhood().graph(for: Sheet(rows: 3, columns: 3))
    #expect(Set(graph.pairs.map(\.weight)) == [Float(1.0 / 20)])
    #expect(graph.pairs.count == 20)
  }

  @Test("units are placed row by row") func unitsArePlacedRowByRow() {
    let sheet = Sheet(rows: 11, columns: 7)
    #expect(sheet.units == 77)
    #expect(sheet.unit(row: 2, column: 3) == 17)
    #expect(sheet.position(of: 17) == (2, 3))
    #expect(sheet.distance(sheet.unit(row: 1, column: 1), sheet.unit(row: 4, column: 5)) == 5)
  }

  @Test("the mean distance of the paper's sheet") func meanDistanceOfThePapersSheet() {
    let sheet = Sheet(rows: 11, columns: 11)
    var sum = 0.0
    for first in 0..<sheet.units {
      for second in first + 1..<sheet.units { sum += sheet.distance(first, second) }
    }
    #expect(abs(sum / 7260 - 5.758545271680613) < 1e-12)
    // The mean over the Moore pairs: (220 + 200 sqrt 2) / 420.
    let pairs = Neighborhood().graph(for: sheet).pairs
    let near = pairs.reduce(0) { $0 + sheet.distance($1.first, $1.second) } / 420
    #expect(abs(near - 1.1972445535) < 1e-9)
  }
}
