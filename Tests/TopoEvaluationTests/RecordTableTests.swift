import Foundation
import TestSupport
import Testing
import TopoEvaluation
import TopoFoundation
import TopoNetworks

@Suite("Record table") struct RecordTableTests {
  let table = RecordTable(
    [
      Record(
        dataset: "fashion-mnist", penalty: .control, seed: .max, measure: MeasureName.accuracy,
        value: .value(0.1 + 0.2)),
      Record(
        dataset: "a \"quoted\", name\r\nof two lines",
        network: NetworkIdentity(.weightSimilarity(lambda: 0.3), seed: 1), state: .silent,
        measure: MeasureName.moransI, perturbation: "white", severity: 0.05, draw: 4,
        value: .undefined("constant map")),
      Record(
        dataset: "é", penalty: .activationSimilarity(.correlation, lambda: 1e-5), seed: 0,
        measure: "nll", value: .value(1e300)),
    ], provenance: ["device": "cpu \"A\"", "version": "1\t"])

  private func inFolder(_ body: (URL) throws -> Void) throws {
    let folder = try TemporaryFolder()
    try body(folder.url)
  }

  @Test("writes RFC 4180 with a fixed column order") func csv() {
    #expect(
      table.csv == """
        dataset,architecture,sheet,condition,penalty,metric,lambda,view,layout,scale,neighborhood,seed,epoch,state,measure,perturbation,severity,draw,value,reason\r
        fashion-mnist,unknown,unknown,control,control,none,0.0,none,none,none,none,18446744073709551615,0,unknown,accuracy,clean,0.0,0,0.30000000000000004,\r
        "a ""quoted"", name\r
        of two lines",unknown,unknown,ws-euclidean-0.3,ws,euclidean,0.3,none,none,none,moore,1,0,silent,morans-i,white,0.05,4,,constant map\r
        é,unknown,unknown,as-correlation-0.00001,as,correlation,1e-05,pre-relu,unit-major,sum,moore,0,0,unknown,nll,clean,0.0,0,1e+300,\r

        """)
  }

  @Test("reads back what it wrote, exactly") func roundTrip() throws {
    try inFolder { folder in
      try table.write(to: folder)
      let read = try RecordTable(csv: folder.appending(path: "metrics.csv"))
      #expect(read.records == table.records)
      let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
      #expect(names.sorted() == ["metrics.csv", "metrics.json"])
    }
  }

  @Test("says where records come from before it writes them") func order() throws {
    try inFolder { folder in
      // Nothing can take the place of a folder.
      try FileManager.default.createDirectory(
        at: folder.appending(path: "metrics.csv"), withIntermediateDirectories: true)
      #expect(throws: UserError.self) { try table.write(to: folder) }
      let provenance = RecordTable.provenance(of: folder.appending(path: "metrics.json"))
      #expect(provenance == table.provenance)
    }
  }

  @Test("writes JSON that parses, with null and a reason for what is undefined")
  func json() throws {
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(table.json.utf8)) as? [String: Any])
    #expect(object["provenance"] as? [String: String] == table.provenance)
    let records = try #require(object["records"] as? [[String: Any]])
    #expect(records.count == 3)
    // Foundation's reader rounds doubles, so the text itself is compared.
    #expect(table.json.contains("\"value\": 0.30000000000000004"))
    #expect(records[0]["lambda"] as? Double == 0)
    #expect(records[0]["metric"] as? String == "none")
    #expect(records[1]["value"] is NSNull)
    #expect(records[1]["reason"] as? String == "constant map")
    #expect(records[1]["dataset"] as? String == "a \"quoted\", name\r\nof two lines")
    #expect(Set(records[2].keys) == Set(RecordTable.columns))
    let empty = try #require(
      try JSONSerialization.jsonObject(with: Data(RecordTable().json.utf8)) as? [String: Any])
    #expect((empty["records"] as? [Any])?.isEmpty == true)
  }

  @Test("never writes numbers that are not finite", arguments: [Double.nan, .infinity])
  func notFinite(_ number: Double) {
    let table = RecordTable([
      Record(
        dataset: "d", penalty: .control, seed: 0, measure: "m", value: .value(number))
    ])
    #expect(table.csv.hasSuffix("clean,0.0,0,,not a finite number\r\n"))
    #expect(table.json.contains("\"value\": null, \"reason\": \"not a finite number\""))
  }

  private static func row(
    lambda: String = "1", seed: String = "0", epoch: String = "3", state: String = "ok",
    draw: String = "0", value: String = "1"
  ) -> String {
    "d,mnist,11x11,c,ws,euclidean,\(lambda),none,none,none,moore,\(seed),\(epoch),\(state),m,clean,"
      + "0,\(draw),\(value),\n"
  }

  @Test(
    "names the line of a damaged file",
    arguments: [
      ("a,b\n", "line 1 is not the header"),
      ("", "line 1 is not the header"),
      ("HEADER\nd,c,ws\n", "line 2 has 3 fields instead of 20"),
      ("HEADER\n\(row(lambda: "x"))", "line 2 has \"x\" as lambda"),
      ("HEADER\n\(row(seed: "-1"))", "line 2 has \"-1\" as seed"),
      ("HEADER\n\(row(seed: "1.5"))", "line 2 has \"1.5\" as seed"),
      ("HEADER\n\(row(epoch: "two"))", "line 2 has \"two\" as epoch"),
      ("HEADER\n\(row(state: "tired"))", "line 2 has \"tired\" as state"),
      ("HEADER\n\(row(draw: "x"))", "line 2 has \"x\" as draw"),
      ("HEADER\n\(row(value: "nan"))", "line 2 has \"nan\" as value"),
      ("HEADER\n\"d\n,c", "line 2 has a quoted field without end"),
      ("HEADER\n\"d\"x,c", "line 2 has text after a closing quote"),
      ("HEADER\nd\"x,c", "line 2 has a quote inside a plain field"),
    ])
  func damaged(text: String, problem: String) throws {
    try inFolder { folder in
      let file = folder.appending(path: "metrics.csv")
      let header = RecordTable.columns.joined(separator: ",")
      try text.replacing("HEADER", with: header).write(to: file, atomically: true, encoding: .utf8)
      let error = #expect(throws: UserError.self) { try RecordTable(csv: file) }
      #expect(error?.description.contains(problem) == true, "\(String(describing: error))")
      #expect(error?.path == file.path)
    }
  }

  @Test("says when there is no file") func missing() {
    #expect(throws: UserError.self) { try RecordTable(csv: URL(filePath: "/nowhere/metrics.csv")) }
  }
}
