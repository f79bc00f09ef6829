import Testing
import TopoReports

@Suite("Text table") struct TextTableTests {
  @Test("aligns text to the left and numbers to the right") func aligns() {
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

  @Test("keeps alignments that are given, and cells on one line") func given() {
    var table = TextTable([.init("n", .left), .init("text", .right)])
    table.append(["1", "a\nb"])
    #expect(table.description == "n  text\n-  ----\n1   a b\n")
  }

  @Test("marks cells where there are colors, and aligns them all the same") func marks() {
    var table = TextTable([.init("n", .left), .init("a", .right), .init("b", .right)])
    table.append(["x", "10", "2"], marks: [1: .best])
    table.append(["y", "9", "none"], marks: [2: .wrong])
    #expect(table.text(colored: false) == table.description)
    #expect(
      table.text(colored: true)
        == "n   a     b\n-  --  ----\nx  \u{1B}[1;32m10\u{1B}[0m     2\n"
        + "y   9  \u{1B}[31mnone\u{1B}[0m\n")
  }

  @Test("breaks a last column of text, and notes, between words") func wraps() {
    var table = TextTable([.init("name", .left), .init("what it is", .left)])
    table.append(["a", "one two three four five six"])
    table.append(["b", "short"])
    table.notes = ["a note that is longer than thirty characters"]
    #expect(
      table.text(width: 30) == """
        name  what it is
        ----  ------------------------
        a     one two three four five
              six
        b     short
        a note that is longer than
        thirty characters

        """)
    #expect(table.text(width: 80).split(separator: "\n")[2] == "a     one two three four five six")
  }

  @Test("is divided by columns, with the first ones in every part") func divides() {
    var table = TextTable(
      [.init("k", .left), .init("n", .right)] + (0..<5).map { .init("column\($0)") })
    table.append(["a", "1"] + (0..<5).map { "\($0)" }, marks: [5: .best])
    table.notes = ["note"]
    let parts = table.divided(width: 24, keys: 2)
    #expect(
      parts.map { $0.columns.map(\.title) } == [
        ["k", "n", "column0", "column1"], ["k", "n", "column2", "column3"], ["k", "n", "column4"],
      ])
    #expect(parts.map(\.notes) == [[], [], ["note"]])
    #expect(parts[1].text(colored: true).contains("\u{1B}[1;32m3\u{1B}[0m"))
    #expect(table.divided(width: 1, keys: 2).count == 5)
    #expect(table.divided(width: 100, keys: 2) == [table])
  }
}
