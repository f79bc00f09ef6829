import Testing
import TopoFoundation
import TopoSheets

@testable import TopoAnalysis

@Suite("Consistency of maps") struct MapConsistencyTests {
  @Test("a square has eight symmetries that keep neighbors, other sheets four") func symmetries() {
    for (sheet, count) in [
      (Sheet(rows: 4, columns: 4), 8), (Sheet(rows: 3, columns: 5), 4),
      (Sheet(rows: 1, columns: 6), 4), (Sheet(rows: 1, columns: 1), 8),
    ] {
      let orders = SheetSymmetry.all(of: sheet).map { $0.order(on: sheet) }
      #expect(orders.count == count && orders[0] == Array(0..<sheet.units))
      for order in orders {
        #expect(order.sorted() == Array(0..<sheet.units))
        for first in 0..<sheet.units {
          for second in 0..<sheet.units {
            #expect(
              sheet.distance(first, second) == sheet.distance(order[first], order[second]))
          }
        }
      }
      if sheet.rows > 1 { #expect(Set(orders).count == count) }
    }
  }

  @Test("moved maps are found again", arguments: 0..<8) func aligned(index: Int) {
    let sheet = Sheet(rows: 5, columns: 5)
    var samples = RepresentationSamples(1)
    let maps = [samples.normal(25), samples.normal(25)]
    let symmetry = SheetSymmetry.all(of: sheet)[index]
    let order = symmetry.order(on: sheet)
    let moved = maps.map { map in order.map { map[$0] } }
    let found = MapConsistency(moved, maps, sheet: sheet)
    #expect(found.symmetry == symmetry)
    #expect(abs(found.aligned.orNaN - 1) < 1e-12)
    #expect(index == 0 || found.correlation.orNaN < 0.9)
  }

  @Test("missing and constant maps are skipped and counted") func undefined() {
    let sheet = Sheet(rows: 1, columns: 3)
    let flat = [2.0, 2, 2]
    let found = MapConsistency(
      [[1, 2, 4], nil, flat, [3, 1, 2]], [[2, 4, 8], [1, 2, 3], [1, 2, 3], [0, 0, 0]], sheet: sheet)
    #expect(found.undefinedMaps == 3 && abs(found.correlation.orNaN - 1) < 1e-12)
    let none = MapConsistency([flat], [flat], sheet: sheet)
    #expect(none.correlation.number == nil && none.aligned.number == nil && none.symmetry == nil)
    let cloud = MapConsistency([[1, 2, 4]], [[1, 2, 4]], sheet: nil)
    #expect(cloud.correlation.number != nil && cloud.aligned.reason == "units are not on a grid")
  }

  @Test("affine changes of maps change nothing") func affine() {
    var samples = RepresentationSamples(2)
    let (a, b) = (samples.normal(12), samples.normal(12))
    let sheet = Sheet(rows: 3, columns: 4)
    let base = MapConsistency([a], [b], sheet: sheet)
    let moved = MapConsistency([a.map { 3 * $0 - 5 }], [b.map { 0.1 * $0 + 2 }], sheet: sheet)
    #expect(abs(base.correlation.orNaN - moved.correlation.orNaN) < 1e-12)
    #expect(abs(base.aligned.orNaN - moved.aligned.orNaN) < 1e-12)
  }
}
