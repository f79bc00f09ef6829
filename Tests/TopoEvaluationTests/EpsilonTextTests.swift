import Testing
import TopoFoundation
import TopoPerturbations

@testable import TopoEvaluation

/// Epsilons as people write them.
@Suite("Epsilons in text") struct EpsilonTextTests {
  private static let texts: [(Double, String)] = [
    (4.0 / 255.0, "4/255"), (0.5 / 255.0, "0.5/255"), (1.0 / 255.0, "1/255"), (0.1, "0.1"),
    (16.0 / 255.0, "16/255"), (0.3, "0.3"), (0.2, "0.2"), (1.0, "1"), (0.0, "0"),
    (0.0157, "0.0157"), (1.0 / 7.0, "0.1429"), (1.0 / 3.0, "85/255"), (2.0 / 3000.0, "0.0006667"),
    (0.123456, "0.123456"), (1.5, "1.5"),
  ]

  @Test("epsilons are readable") func epsilonsAreReadable() {
    for (epsilon, text) in Self.texts { #expect(EpsilonText.text(epsilon) == text) }
  }

  @Test("names come first") func namesComeFirst() throws {
    let names = try EpsilonText.names("51/255, 1/16,0.1,1e-3,4/255")
    #expect(EpsilonText.text(0.2, names: names) == "51/255")
    #expect(EpsilonText.text(0.0625, names: names) == "1/16")
    #expect(EpsilonText.text(0.001, names: names) == "1e-3")
    #expect(EpsilonText.text(0.25, names: names) == "0.25")
    #expect(names.count == 5)
    #expect(throws: UserError.self) { try EpsilonText.names("0.1,x") }
  }
}
