import Testing

@testable import TopoAnalysis

@Suite("Catalog of analyses") struct AnalysisCatalogTests {
  @Test("names of analyses and measures are unique") func unique() {
    let kinds = AnalysisCatalog.kinds
    #expect(Set(kinds.map { $0.name }).count == kinds.count)
    var seen: Set<String> = []
    for kind in kinds {
      for measure in kind.measures {
        #expect(seen.insert(measure.name).inserted, "\(kind.name): \(measure.name)")
      }
    }
  }

  @Test("names are of lower-case words and numbers with hyphens") func spelling() {
    for kind in AnalysisCatalog.kinds {
      for measure in kind.measures {
        #expect(measure.name.allSatisfy { "abcdefghijklmnopqrstuvwxyz0123456789.-".contains($0) })
        #expect(!measure.formula.isEmpty && !measure.range.isEmpty)
      }
    }
  }
}
