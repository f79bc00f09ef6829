import TestSupport
import Testing
import TopoFoundation
import TopoSheets

@testable import TopoAnalysis

/// Measures of units on a sheet that is rotated or reflected.
@Suite("Symmetries of the sheet") struct SheetSymmetryTests {
  /// By unit of an 11 x 11 sheet: the unit that one of the eight symmetries moves there.
  private func symmetry(_ index: Int) -> [Int] {
    (0..<121).map { unit in
      var (row, column) = (unit / 11, unit % 11)
      if index & 1 != 0 { row = 10 - row }
      if index & 2 != 0 { column = 10 - column }
      if index & 4 != 0 { (row, column) = (column, row) }
      return row * 11 + column
    }
  }

  @Test("clustering and orientation maps do not change", arguments: 0..<8)
  func symmetries(index: Int) {
    let layout = UnitLayout(Sheet(rows: 11, columns: 11))
    let order = symmetry(index)
    var random = RandomSequence(Philox(seed: 3, purpose: .test))
    let angles = (0..<121).map { _ in Double(random.nextUniform()) * 180 }
    let map = OrientationMap(angles.map { .value($0) })
    let moved = OrientationMap(order.map { .value(angles[$0]) })
    func close(_ first: MeasuredValue, _ second: MeasuredValue) -> Bool {
      abs((first.number ?? 1) - (second.number ?? 2)) < 1e-12
    }
    #expect(close(map.moransI(on: layout), moved.moransI(on: layout)))
    #expect(close(map.neighborDifference(on: layout), moved.neighborDifference(on: layout)))
    let curves = [map, moved].map { $0.differenceByDistance(on: layout) }
    #expect(curves[0].map(\.pairs) == curves[1].map(\.pairs))
    #expect(zip(curves[0], curves[1]).allSatisfy { abs($0.degrees - $1.degrees) < 1e-9 })
    let groups = [[3, 17, 44, 90], [0, 12]]
    let first = GroupClustering(groups, layout: layout, permutations: 1)
    let second = GroupClustering(
      groups.map { $0.map { order[$0] } }, layout: layout, permutations: 1)
    #expect(close(first.distance, second.distance))
    let weights = (0..<121 * 3).map { _ in random.nextUniform() }
    let diagnostics = WeightDiagnostics(.init(weights, inputs: 3), layout: layout)
    let turned = WeightDiagnostics(
      .init(order.flatMap { weights[$0 * 3..<$0 * 3 + 3] }, inputs: 3), layout: layout)
    #expect(close(diagnostics.neighborDistance, turned.neighborDistance))
    #expect(close(diagnostics.neighborCosine, turned.neighborCosine))
    #expect(close(diagnostics.neighborCorrelation, turned.neighborCorrelation))
  }
}
