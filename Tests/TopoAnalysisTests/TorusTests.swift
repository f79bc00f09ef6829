import Testing
import TopoFoundation
import TopoSheets

@testable import TopoAnalysis

/// Sheets whose opposite edges meet.
@Suite("Sheets as tori") struct TorusTests {
  private func torus(_ rows: Int, _ columns: Int) -> UnitLayout {
    UnitLayout(
      Sheet(rows: rows, columns: columns), neighborhood: Neighborhood(wraps: true))
  }

  @Test("distances take the shortest way") func distances() {
    let layout = torus(11, 11)
    #expect(layout.wraps && !UnitLayout(Sheet(rows: 11, columns: 11)).wraps)
    #expect(layout.distance(0, 10) == 1 && layout.distance(0, 120) == 2.0.squareRoot())
    #expect(layout.distance(0, 5) == 5 && layout.distance(0, 6) == 5)
    let all = UnitDistances(layout)
    #expect(all.step == 1 && all.values.max() == 50.0.squareRoot())
    for unit in [0, 10, 60, 115] {
      #expect((0..<121).allSatisfy { all[unit, $0] == layout.distance(unit, $0) })
    }
    // Every unit sees the others at the same distances.
    let first = (0..<121).map { all[0, $0] }.sorted()
    #expect((0..<121).allSatisfy { unit in (0..<121).map { all[unit, $0] }.sorted() == first })
    #expect(torus(1, 4).distance(0, 3) == 1 && torus(2, 2).distance(0, 3) == 2.0.squareRoot())
    #expect(torus(1, 1).distance(0, 0) == 0 && torus(1, 1).neighbors == [[]])
  }

  @Test("permuted positions stay on the torus") func permuted() {
    let layout = torus(1, 5).permuted([4, 3, 2, 1, 0])
    #expect(layout.wraps && layout.distance(0, 4) == 1 && layout.neighbors[0] == [1, 4])
  }

  @Test("experts at opposite edges are near") func clustering() {
    let groups = [[0, 10], [0, 110], [0, 120]]
    let near = GroupClustering(groups, layout: torus(11, 11), permutations: 99)
    #expect(abs(near.distance.orNaN - (2 + 2.0.squareRoot()) / 3) < 1e-12)
    let far = GroupClustering(
      groups, layout: UnitLayout(Sheet(rows: 11, columns: 11)), permutations: 99)
    #expect(abs(far.distance.orNaN - (20 + 200.0.squareRoot()) / 3) < 1e-12)
    #expect(near.ratio.orNaN < 0.5 && far.ratio.orNaN > 1.5)
  }

  @Test("squares around a unit go beyond the edge") func radius() {
    // Class 1 is in the last column, class 0 everywhere else.
    let preferred: [Int?] = (0..<25).map { $0 % 5 == 4 ? 1 : 0 }
    let sheet = Sheet(rows: 5, columns: 5)
    let wrapped = ClusterRadius(preferred: preferred, sheet: sheet, wraps: true).values
    let open = ClusterRadius(preferred: preferred, sheet: sheet).values
    #expect(wrapped[10] == .value(1) && wrapped[11] == .value(2) && wrapped[12] == .value(2))
    #expect(open[10].number == nil && open[11].number == nil && open[12] == .value(2))
    #expect(wrapped[13] == open[13] && wrapped[14] == .value(1))
  }

  @Test("shifted maps have the same values on a torus, and others on a sheet")
  func shifts() throws {
    var analysis = OrganizationAnalysis()
    (analysis.permutations, analysis.shuffles) = (9, 3)
    let sheet = Sheet(rows: 7, columns: 7)
    let base = MadeUp.smooth(rows: 7, columns: 7, images: 24, classes: 3, seed: 5)
    // Everything moves by two rows and three columns.
    let places = (0..<49).map { unit in
      sheet.unit(row: (unit / 7 + 2) % 7, column: (unit % 7 + 3) % 7)
    }
    var values = base.activations.values
    for image in 0..<24 {
      for unit in 0..<49 { values[image * 49 + places[unit]] = base.activations[image, unit] }
    }
    func result(_ values: [Float], wraps: Bool) throws -> AnalysisResult {
      let layer = LayerData(
        activations: Activations(values, units: 49), labels: base.labels,
        layout: UnitLayout(sheet, neighborhood: Neighborhood(wraps: wraps)))
      return try analysis.result(for: LayerStatistics(layer))
    }
    for wraps in [true, false] {
      let (before, after) = (
        try result(base.activations.values, wraps: wraps), try result(values, wraps: wraps)
      )
      #expect(before["sheet-wraps"] == .value(wraps ? 1 : 0))
      for measure in [
        "morans-i-pre-relu", "gearys-c-class-means", "correlation-neighbors-post-relu",
        "correlation-distance-spearman", "correlation-distance-alignment",
        "functional-distance-5", "coactivation-distance", "smoothness-class-means",
      ] {
        let (a, b) = (before[measure]?.number ?? .nan, after[measure]?.number ?? .nan)
        #expect((abs(a - b) < 1e-9) == wraps, "\(measure): \(a), \(b), wraps \(wraps)")
      }
    }
  }

  @Test("without positions it is not known whether the sheet wraps") func noLayout() throws {
    let layer = LayerData(activations: Activations([1, 2, 3, 4], units: 2))
    let found = try OrganizationAnalysis().result(for: LayerStatistics(layer))
    #expect(found["sheet-wraps"]?.number == nil)
  }
}
