import Foundation
import TestSupport
import Testing
import TopoAnalysis
import TopoEvaluation
import TopoFoundation

@Suite("Tables of units") struct UnitTableTests {
  let temporary: TemporaryFolder
  private let measures = ["preferred-class", "energy"].compactMap { name in
    AnalysisCatalog.kinds.flatMap { $0.measures }.first { $0.name == name }
  }

  init() throws { temporary = try TemporaryFolder() }

  private func table(_ lines: [String]) throws -> UnitTable {
    let file = temporary.url.appending(path: "units.csv")
    let header = "dataset,sheet,condition,seed,unit,row,column,preferred-class,energy"
    try Data(([header] + lines).joined(separator: "\r\n").utf8).write(to: file)
    return try UnitTable(contentsOf: file, measures: measures)
  }

  @Test("rows of a network need not be next to each other") func groups() throws {
    let networks = try table([
      "d,1x2,a,0,0,0,0,3,0.5", "d,1x2,b,0,0,0,0,1,7", "d,1x2,a,0,1,0,1,,2", "d,1x3,a,0,0,0,0,9,9",
      "d,1x2,b,0,1,0,1,2,8", "e,1x2,a,0,0,0,0,5,5",
    ]).networks
    #expect(networks.map(\.name) == ["a/seed-0", "b/seed-0", "a/seed-0", "a/seed-0"])
    #expect(networks.map(\.positions.count) == [2, 2, 1, 1])
    #expect(networks[0].values == [[3, nil], [0.5, 2]])
    #expect(networks[1].positions == [[0, 0], [0, 1]])
    #expect(networks[3].values == [[5], [5]])
  }

  @Test("classes and coordinates that cannot be drawn are refused") func refusals() throws {
    for value in ["1e300", "-1e300", "1000000000", "100000", "3.7", "-5", "nan", "inf", "x"] {
      let said = message { _ = try table(["d,s,a,0,0,0,0,1,1", "d,s,a,0,1,0,1,\(value),1"]) }
      #expect(
        said.contains(
          "units.csv: line 3 has \"\(value)\" as preferred-class, but such values are "), "\(said)")
    }
    for value in ["1e300", "1e18", "-1000000001", "nan", "inf"] {
      for (line, column) in [
        ("d,s,a,0,0,\(value),0,1,1", "row"), ("d,s,a,0,0,0,\(value),1,1", "column"),
      ] {
        let said = message { _ = try table([line]) }
        #expect(said.contains("line 2 has \"\(value)\" as \(column), but"), "\(said)")
      }
    }
    #expect(try table(["d,s,a,0,0,-1e9,1e9,99999,1e300"]).networks.count == 1)
    #expect(message { _ = try table([]) }.contains("units.csv: has no units"))
  }
}
