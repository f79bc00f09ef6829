import TestSupport
import Testing
import TopoFoundation
import TopoPerturbations

@Suite("Catalog of perturbations") struct PerturbationCatalogTests {
  static let gray = ImageShape(channels: 1, rows: 28, columns: 28)
  static let color = ImageShape(channels: 3, rows: 32, columns: 32)
  let catalog = PerturbationCatalog()

  @Test("labels are unique, and each is found by its own") func labels() throws {
    let labels = catalog.perturbations.map(\.label)
    #expect(Set(labels).count == labels.count)
    for label in labels { #expect(try catalog.named(label).label == label) }
    #expect(try catalog.named("mnist-c/dotted_line").label == "mnist-c/dotted-line")
    for perturbation in catalog.perturbations {
      #expect(!perturbation.summary.isEmpty && !perturbation.summary.hasSuffix("."))
      #expect(!perturbation.reference.isEmpty)
      #expect(perturbation.severities == perturbation.severities.sorted())
      #expect(!perturbation.severities.isEmpty && !perturbation.severities.contains(0))
    }
  }

  @Test("only what fits the images is offered") func shapes() {
    #expect(catalog.images(for: Self.gray).contains { $0.label == "mnist-c/shear" })
    #expect(!catalog.images(for: Self.color).contains { $0.label == "mnist-c/shear" })
    #expect(catalog.images(for: Self.color).contains { $0.label == "white" })
  }

  @Test("lists and families") func selections() throws {
    let some = try catalog.selection(
      "white, mnist-c/shear,white,,pink", for: Self.gray)
    #expect(some.map(\.label) == ["white", "mnist-c/shear", "pink"])
    let family = try catalog.selection("pink,mnist-c/zigzag,mnist-c", for: Self.gray)
    #expect(family[0].label == "pink" && family[1].label == "mnist-c/zigzag")
    #expect(family.count >= 13 && Set(family.map(\.label)).count == family.count)
  }

  @Test("unknown names and empty lists are refused with what is valid") func refusals() throws {
    func selection(_ text: String, _ shape: ImageShape) -> String {
      message { _ = try catalog.selection(text, for: shape) }
    }
    let blue = selection("blue", Self.gray)
    #expect(blue.hasPrefix("there is no perturbation \"blue\": choose from white, "))
    #expect(
      blue.hasSuffix(
        ", corruption/gaussian-noise, mnist-c/gaussian-noise; 17 more with the prefix corruption/ "
          + "and 29 more with the prefix mnist-c/"), "\(blue)")
    let shears = selection("mnist-c/shears", Self.gray)
    #expect(shears.contains("\"mnist-c/shears\"") && shears.contains("mnist-c/shear,"))
    #expect(!shears.contains("white"))
    #expect(selection("", Self.gray).contains("no perturbation is named"))
    #expect(selection(" , ", Self.gray).contains("no perturbation is named"))
    #expect(selection("mnist-c", Self.color).contains("cannot be applied to images of 3 channels"))
  }

  @Test("steps of severities") func steps() throws {
    #expect(try SeveritySteps("1-5").steps == [1, 2, 3, 4, 5])
    #expect(try SeveritySteps("3, 1,2-3").steps == [1, 2, 3])
    #expect(try SeveritySteps("01 - 3").steps == [1, 2, 3])
    #expect(
      try SeveritySteps("1,5").severities(of: Noise(.white)) == [0.01, 0.2])
    #expect(try SeveritySteps("2-4").severities(of: MNISTCorruption(.shear)) == [2, 3, 4])
    #expect(try SeveritySteps("2-4").severities(of: MNISTCorruption(.stripe)) == [1])
    #expect(
      message { _ = try SeveritySteps("4-6").severities(of: Noise(.white)) }
        == "white has 5 severities, so there is no severity 6: choose from 1-5")
    let wrong = [
      "", "0", "-1", "1-", "a", "1-2-3", "0.1", "1,,2", "1 2", "2-1 0", "99999999999999999999",
    ]
    for text in wrong {
      #expect(message { _ = try SeveritySteps(text) }.contains("is not a severity"), "\(text)")
    }
    #expect(message { _ = try SeveritySteps("5-1") }.contains("write 1-5"))
  }
}
