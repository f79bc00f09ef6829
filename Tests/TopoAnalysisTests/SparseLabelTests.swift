import Testing
import TopoFoundation
import TopoSheets

@testable import TopoAnalysis

@Suite("Classes without images") struct SparseLabelTests {
  /// 60 images, 3 x 3 units; two classes with 30 images each.
  private func layer(_ first: Int32, _ second: Int32, classes: Int? = nil) -> LayerData {
    var samples = RepresentationSamples(6)
    var layer = samples.layer(
      images: 60, units: 9, classes: 2, layout: UnitLayout(Sheet(rows: 3, columns: 3)), inputs: 4)
    layer.labels = ClassLabels((0..<60).map { $0 % 2 == 0 ? first : second }, classes: classes)
    return layer
  }

  private func renamed(_ text: String) -> String {
    text.replacing("99999", with: "1")
  }

  @Test("labels without gaps") func compact() {
    let labels = ClassLabels([7, 2, 7, 4], classes: 9)
    #expect(labels.present == [2, 4, 7])
    #expect(labels.compact == ClassLabels([2, 0, 2, 1], classes: 3))
    #expect(labels.compact.compact == labels.compact)
  }

  @Test(
    "labels 0 and 99,999 have the values of labels 0 and 1",
    .timeLimit(.minutes(1)), arguments: AnalysisCatalog.kinds.map { $0.name })
  func analyses(name: String) throws {
    let kind = try #require(AnalysisCatalog.kinds.first { $0.name == name })
    let analysis = kind.init().withLargeTables()
    let plain = try LayerAnalysis.result(of: analysis, layer(0, 1))
    let found = try LayerAnalysis.result(of: analysis, layer(0, 99_999))
    #expect(found.scalars == plain.scalars)
    for (column, other) in zip(found.units, plain.units) {
      let isClass = ["preferred-class", "preferred-class-by-mean", "expert-class"]
        .contains(column.measure)
      let values = other.values.map { isClass && $0 == .value(1) ? .value(99_999) : $0 }
      #expect(column.values == values, "\(column.measure)")
      if isClass { #expect(values.contains(.value(99_999)), "\(column.measure)") }
    }
    #expect(found.tables.map(\.name) == plain.tables.map(\.name))
    for (table, other) in zip(found.tables, plain.tables) {
      #expect(table.columns.map { renamed($0) } == other.columns, "\(table.name)")
      let place = other.columns.firstIndex { $0 == "class" || $0 == "label" }
      let rows = other.rows.map { row in
        row.enumerated().map { $0.offset == place && $0.element == 1 ? 99_999 : $0.element }
      }
      #expect(table.rows == rows, "\(table.name)")
    }
  }

  @Test("column headers keep the numbers of classes") func headers() throws {
    let found = try LayerAnalysis.result(of: SelectivityAnalysis(), layer(0, 99_999))
    let table = found.tables.first { $0.name == "selectivity-d-prime" }
    #expect(table?.columns == ["unit", "class-0", "class-99999"])
    let means = try LayerAnalysis.result(of: RepresentationAnalysis(), layer(0, 99_999))
    #expect(means.tables.last?.columns == ["0", "99999"])
    #expect(means.tables.last?.rows.count == 2)
  }

  @Test("so have comparisons of networks", .timeLimit(.minutes(1))) func comparison() throws {
    func values(_ label: Int32) throws -> [AnalysisResult.Scalar] {
      var other = layer(0, label)
      other.activations = MadeUp.activations(images: 60, units: 9, seed: 2)
      return try PopulationComparison(
        [("a", 0, layer(0, label)), ("a", 1, other)], draws: 9
      ).result().scalars
    }
    #expect(try values(99_999) == values(1))
  }
}
