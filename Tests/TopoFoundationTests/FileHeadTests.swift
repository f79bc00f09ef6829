import Foundation
import TestSupport
import Testing

@testable import TopoFoundation

/// The first bytes of files, and some columns of tables.
@Suite("Parts of files") struct FileHeadTests {
  @Test("a head ends with the marker, wherever pieces end") func heads() throws {
    let place = try TemporaryFolder()
    let url = place.url.appending(path: "file")
    for length in [0, 10, 65533, 65534, 65535, 65536, 131_071] {
      let before = [UInt8](repeating: 97, count: length)
      try place.write(before + Array("<!>rest<!>".utf8), to: "file")
      #expect(try FileContents.head(url, through: "<!>") == before + Array("<!>".utf8))
    }
    try place.write(Array("none".utf8), to: "file")
    #expect(try FileContents.head(url, through: "<!>") == Array("none".utf8))
    try place.write([], to: "file")
    #expect(try FileContents.head(url, through: "<!>").isEmpty)
    #expect(
      message { _ = try FileContents.head(place.url.appending(path: "no"), through: "x") }
        .contains("cannot be opened"))
  }

  @Test("columns that are not kept are empty, and errors stay") func columns() throws {
    let text = "a,b,c\r\n1,\"2,\"\"\",3\r\n4,5,6\r\n"
    let rows = try CSV.rows(text, file: "t", keeping: ["a", "b"])
    #expect(rows.map(\.fields) == [["a", "b", "c"], ["1", "2,\"", ""], ["4", "5", ""]])
    #expect(rows.map(\.line) == [1, 2, 3])
    #expect(throws: UserError.self) { try CSV.rows("a\n1\"", file: "t", keeping: []) }
  }
}
