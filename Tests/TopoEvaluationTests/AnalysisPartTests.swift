import TestSupport
import Testing
import TopoData
import TopoEvaluation
import TopoFoundation

@Suite("Analyses of a suite") struct AnalysisPartTests {
  private let images = ImageSet(
    images: [], labels: [], shape: ImageShape(channels: 1, rows: 1, columns: 1), classes: 1)

  private func suite(_ names: String) throws -> Suite {
    var suite = Suite(name: "analyses")
    try suite.add(try AnalysisPart(names))
    return suite
  }

  @Test("the comparison of a single network is refused if it is named")
  func comparisonByName() throws {
    for names in ["comparison", "units,comparison"] {
      let suite = try suite(names)
      let said = message { _ = try suite.fitted(networks: 1) }
      #expect(said.contains("the analysis comparison needs two networks or more"), "\(said)")
      let two = try suite.fitted(networks: 2)
      #expect(two.items(on: images) == suite.items(on: images) && two.notes.isEmpty)
    }
  }

  @Test("the comparison of a single network is left out of all analyses, with a note")
  func comparisonAmongAll() throws {
    let suite = try suite("all")
    let one = try suite.fitted(networks: 1)
    let labels = suite.items(on: images).map(\.label)
    #expect(labels.last == "analysis/comparison")
    #expect(one.items(on: images).map(\.label) == labels.dropLast())
    #expect(one.notes.count == 1 && one.notes[0].contains("comparison is left out"))
    // Folders of results divide notes at semicolons.
    #expect(!one.notes[0].contains(";"))
    #expect(try suite.fitted(networks: 2).items(on: images).map(\.label) == labels)
    #expect(try one.fitted(networks: 1).notes == one.notes)
  }
}
