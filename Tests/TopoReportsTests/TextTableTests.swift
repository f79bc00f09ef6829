import Testing
import TopoReports

@Suite("Text table")
struct TextTableTests {
  @Test("aligns text to the left and numbers to the right")
  func aligns() {
    var table = TextTable(["name", "value", "日本"])
    table.append(["a", "1.5 ± 0.2", "x"])
    table.append(["längere", "-10", "日本語"])
    table.append(["b"])
    table.notes = ["A note."]
    #expect(
      table.description == """
        name         value  日本
        -------  ---------  ------
        a        1.5 ± 0.2  x
        längere        -10  日本語
        b
        A note.

        """)
  }

  @Test("keeps alignments that are given, and cells on one line")
  func given() {
    var table = TextTable([.init("n", .left), .init("text", .right)])
    table.append(["1", "a\nb"])
    #expect(table.description == "n  text\n-  ----\n1   a b\n")
  }
}
