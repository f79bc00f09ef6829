import Testing
import TopoFoundation

/// Numbers of things in messages.
@Suite("Counted nouns") struct CountedTests {
  @Test(
    "nouns agree",
    arguments: [
      (1, "channel", "1 channel"), (3, "channel", "3 channels"), (0, "image", "0 images"),
      (2, "class", "2 classes"), (1, "class", "1 class"), (2, "batch", "2 batches"),
      (5, "epoch", "5 epochs"),
      (4, "severity", "4 severities"), (2, "day", "2 days"), (2, "test image", "2 test images"),
    ]) func nounsAgree(_ count: Int, _ noun: String, _ text: String)
  {
    #expect(count.counted(noun) == text)
  }

  @Test("long lists end with a number") func longLists() {
    #expect(["a", "b", "c"].listed(atMost: 3) == "a, b and c")
    #expect(["a", "b", "c", "d", "e"].listed(atMost: 3) == "a, b, c and 2 more")
    #expect(["a"].listed(atMost: 3) == "a")
  }

  @Test("irregular nouns") func irregularNouns() { #expect(2.counted("axis", "axes") == "2 axes") }
}
