import Testing
import TopoCompute
import TopoSheets

@Suite struct SheetTests {
  @Test(arguments: [
    (11, 11, 420), (8, 8, 210), (3, 3, 20), (2, 3, 11), (2, 2, 6), (1, 5, 4), (1, 1, 0),
  ])
  func mooreNeighbourhoodHasTheKnownNumberOfPairs(rows: Int, columns: Int, pairs: Int) {
    let graph = Neighbourhood().graph(for: Sheet(rows: rows, columns: columns))
    #expect(graph.units == rows * columns)
    #expect(graph.pairs.count == pairs)
    #expect(graph.pairs.allSatisfy { $0.weight == 1 / Float(pairs) })
  }

  @Test(arguments: [
    (Neighbourhood(.vonNeumann), 3, 4, 17), (Neighbourhood(wraps: true), 4, 5, 80),
    (Neighbourhood(.vonNeumann, wraps: true), 4, 5, 40),
    // On a torus two wide, left and right are the same neighbour; one wide, a unit is its own.
    (Neighbourhood(wraps: true), 2, 2, 6), (Neighbourhood(.vonNeumann, wraps: true), 1, 5, 5),
  ])
  func otherNeighbourhoodsHaveTheNumberOfPairsCountedByHand(
    neighbourhood: Neighbourhood, rows: Int, columns: Int, pairs: Int
  ) {
    #expect(neighbourhood.graph(for: Sheet(rows: rows, columns: columns)).pairs.count == pairs)
  }

  @Test func pairsAscendAndOccurOnce() {
    for neighbourhood in [Neighbourhood(), Neighbourhood(wraps: true)] {
      let pairs = neighbourhood.graph(for: Sheet(rows: 5, columns: 4)).pairs
      #expect(pairs.allSatisfy { $0.first < $0.second })
      #expect(
        zip(pairs, pairs.dropFirst()).allSatisfy {
          ($0.first, $0.second) < ($1.first, $1.second)
        })
    }
  }

  @Test func perUnitMeanWeighsUnitsEqually() {
    let sheet = Sheet(rows: 3, columns: 3)
    let graph = Neighbourhood(weighting: .perUnitMean).graph(for: sheet)
    #expect(abs(graph.pairs.reduce(0) { $0 + Double($1.weight) } - 1) < 1e-6)
    // A corner has 3 neighbours and the centre 8.
    let corner = graph.pairs.first { $0.first == 0 && $0.second == 4 }
    #expect(corner?.weight == Float((1.0 / 3 + 1.0 / 8) / 9))
  }

  @Test func unitsArePlacedRowByRow() {
    let sheet = Sheet(rows: 11, columns: 7)
    #expect(sheet.units == 77)
    #expect(sheet.unit(row: 2, column: 3) == 17)
    #expect(sheet.position(of: 17) == (2, 3))
    #expect(sheet.distance(sheet.unit(row: 1, column: 1), sheet.unit(row: 4, column: 5)) == 5)
  }

  @Test func meanDistanceOfThePapersSheet() {
    let sheet = Sheet(rows: 11, columns: 11)
    var sum = 0.0
    for first in 0..<sheet.units {
      for second in first + 1..<sheet.units { sum += sheet.distance(first, second) }
    }
    #expect(abs(sum / 7260 - 5.758545271680613) < 1e-12)
    // The mean over the Moore pairs: (220 + 200 sqrt 2) / 420.
    let pairs = Neighbourhood().graph(for: sheet).pairs
    let near = pairs.reduce(0) { $0 + sheet.distance($1.first, $1.second) } / 420
    #expect(abs(near - 1.1972445535) < 1e-9)
  }
}
