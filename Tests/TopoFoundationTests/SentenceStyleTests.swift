import Testing

@testable import TopoFoundation

/// Lists and sentences as people read and write them.
@Suite("Style of sentences") struct SentenceStyleTests {
  @Test(
    "sentences can be continued",
    arguments: [
      ("there is no noise \"x\": choose white", "there is no noise \"x\": choose white"),
      ("lambda is nan, but must be 1.", "lambda is nan, but must be 1"),
      ("A batch is too large", "a batch is too large"),
      ("Data/MNIST: is empty", "Data/MNIST: is empty"), ("JPEG failed.", "JPEG failed"),
      ("OpenCL is missing.", "OpenCL is missing"),
      ("--levels is for noises.", "--levels is for noises"),
      ("It goes on...", "it goes on..."), ("TOPOSHEET_TUNING is off", "TOPOSHEET_TUNING is off"),
      ("", ""), (".", ""),
    ])
  func sentencesGoOn(_ text: String, _ wanted: String) {
    #expect(SentenceStyle.continued(text) == wanted)
  }

  @Test("spaces are between items only") func spacesStandBetweenItemsOnly() {
    #expect(SelectionText.items(" a, b\t,,c d ,") == ["a", "b", "c d"])
    #expect(SelectionText.items(" , ").isEmpty)
    #expect(SelectionText.trimmed("  1 2 ") == "1 2")
    #expect(SelectionText.trimmed(" ") == "")
  }
}
