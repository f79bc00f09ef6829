import Foundation
import TestSupport
import Testing
import TopoFoundation
import TopoPerturbations

@testable import TopoEvaluation

/// Suites by name and from files.
@Suite("Suites") struct SuiteTests {
  static let shape = ImageShape(channels: 1, rows: 8, columns: 8)
  /// A suite from text.
  static func read(_ text: String) throws -> TopoEvaluation.Suite {
    try SuiteDescription(yaml: text, file: "suite.yaml").suite(.small, shape: shape)
  }

  static let yaml = """
    name: mine
    subset: 12
    seed: 3
    parts:
      - images: [white, corruption/snow]
        severities: [1, 0]
        draws: 2
      - images: pink-1f
        seed: 9
      - adversarial: [fgsm, pgd-linf]
        epsilons: [8/255, 0.1]
        subset: 10
      - suite: corruptions
        severities: 3
    """

  private func suite(_ change: (String) -> String = { $0 }) throws -> TopoEvaluation.Suite {
    try Self.read(change(Self.yaml))
  }

  @Test("a file is read") func aFileIsRead() throws {
    let suite = try suite()
    #expect(suite.name == "mine" && suite.subset == 12)
    #expect(
      suite.images.map(\.perturbation.label) == [
        "white", "corruption/snow", "pink-1f", "corruption/snow", "corruption/fog",
      ])
    #expect(suite.images.map(\.severities) == [[1], [1], Noise.publishedLevels, [3], [3]])
    // Draws of what is not random are all the same.
    #expect(suite.images.map(\.draws) == [2, 2, 5, 1, 1])
    #expect(suite.images.map(\.seed) == [3, 3, 9, 3, 3])
    #expect(suite.parts(AttackPart.self).count == 1)
    #expect(suite.parts(AttackPart.self)[0].attacks.map(\.kind) == [.fgsm, .pgdLinf])
    #expect(
      suite.parts(AttackPart.self)[0].epsilons == [8.0 / 255, 0.1]
        && suite.parts(AttackPart.self)[0].images == 10)
    #expect(suite.notes.count == 1)
    let note = suite.notes[0]
    #expect(
      note.hasPrefix("The suite corruptions has 2 of its 15 perturbations: corruption/gaussian-"))
    #expect(note.hasSuffix(", because corruption/frost needs photographs (--frost FOLDER)."))
  }

  @Test("the example is a suite") func theExampleIsRight() throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    let suite = try SuiteDescription(
      contentsOf: folder.appending(path: "Plans/suite-example.yaml")
    ).suite(PerturbationCatalog(), shape: Self.shape)
    #expect(
      suite.name == "example" && suite.images.count == 3 && suite.parts(AttackPart.self).count == 1)
  }

  @Test(
    "errors name the line",
    arguments: [
      ("name: mine\n", "", "line 1: the suite has no name"),
      (
        "subset: 12", "subsets: 12",
        "line 2: the key subsets is not known in the suite; the keys are"
      ),
      ("subset: 12", "subset: 0", "line 2: subset is 0, but must be a whole number of at least 1"),
      ("draws: 2", "draw: 2", "line 7: the key draw is not known in a part of images"),
      ("draws: 2", "epsilons: 2", "line 7: the key epsilons is not known in a part of images"),
      ("draws: 2", "draws: 0", "line 7: draws is 0, but must be a whole number from 1 to 10000"),
      ("draws: 2", "draws: 10001", "draws is 10001, but must be a whole number from 1 to 10000"),
      (
        "[white, corruption/snow]", "[white, corruption/sno]",
        "line 5: there is no perturbation \"corruption/sno\": choose from corruption/fog, corruption/snow"
      ),
      ("[white, corruption/snow]", "[]", "line 5: images names no perturbation"),
      ("[1, 0]", "[1.5]", "line 6: the level 1.5 of white is out of range"),
      ("[1, 0]", "[0]", "line 6: severities has no number above 0"),
      ("[1, 0]", "[much]", "line 6: severities is much, but must be a number"),
      ("severities: 3", "severities: 6", "is not one of 1, 2, 3, 4, 5"),
      ("severities: 3", "severities: 1", "the perturbation corruption/snow at 1.0 occurs twice"),
      ("[fgsm, pgd-linf]", "[fgsm, pgd]", "line 10: there is no attack \"pgd\""),
      ("0.1]", "2]", "line 11: the epsilon 2"),
      ("suite: corruptions", "suite: adversarial", "does not go with the suite adversarial"),
      ("suite: corruptions", "suite: fog", "line 13: there is no suite \"fog\": choose from noise"),
      ("suite: corruptions", "suite: mnist-c", "the suite mnist-c is not for images of 1 x 8 x 8"),
      ("- suite: corruptions", "- image: white", "a part must have one of the keys images"),
      ("- images: pink-1f\n    seed: 9", "- pink-1f", "line 8: a part must have one of the keys"),
      ("seed: 3", "seed: [3", "is not YAML"),
      ("seed: 9", "seed: 9\n    seed: 8", "occurs twice"),
    ])
  func badFilesNameTheLine(_ old: String, _ new: String, _ sentence: String) {
    let said = message { _ = try suite { $0.replacingOccurrences(of: old, with: new) } }
    #expect(said.hasPrefix("suite.yaml, line "), "\(said)")
    #expect(said.contains(sentence), "\(said)")
  }

  @Test("weights are read") func weightsAreRead() throws {
    let text = """
      name: mine
      parts:
        - weights: [zeroing, lesion/patch]
          layers: [topographic, readout]
          severities: [0.5, 0.25]
          draws: 3
          centers: 7
          seed: 2
        - suite: lesions
      """
    func read(_ change: (String) -> String) throws -> TopoEvaluation.Suite {
      try Self.read(change(text))
    }
    let said = message { _ = try read { $0 } }
    #expect(said.contains("line 9: the perturbation lesion/patch occurs twice"), "\(said)")
    let suite = try read { $0.replacingOccurrences(of: "lesions", with: "adversarial") }
    let selection = try #require(suite.parts(WeightPart.self).first)
    #expect(
      selection.perturbations.map(\.label) == [
        "weights/zeroing/topographic", "weights/zeroing/readout", "lesion/patch",
      ])
    #expect(selection.severities == [0.25, 0.5] && selection.seed == 2)
    #expect(selection.draws == 3 && selection.centers == 7)
    for (old, new, sentence) in [
      ("zeroing", "zeroes", "line 3: there is no weight perturbation \"zeroes\": choose from"),
      ("0.25", "1.25", "line 5: the severity 1.25 of weights/zeroing/topographic is out of range"),
      ("draws: 3", "repeats: 3", "line 6: the key repeats is not known in a part of weights"),
      ("[zeroing, lesion/patch]", "[]", "line 3: weights names no perturbation"),
    ] {
      let said = message { _ = try read { $0.replacingOccurrences(of: old, with: new) } }
      #expect(said.hasPrefix("suite.yaml, " + sentence), "\(said)")
    }
  }

  @Test("a byte order mark is ignored") func byteOrderMark() throws {
    #expect(try Self.read("\u{FEFF}" + Self.yaml).name == "mine")
  }

  @Test("errors of empty files name the example") func emptyFilesPointToTheExample() {
    let said = message { _ = try suite { _ in "" } }
    #expect(said == "suite.yaml: is empty; see Plans/suite-example.yaml for an example")
    let parts = message { _ = try suite { _ in "name: x\nparts: []" } }
    #expect(parts.contains("line 2: parts must be a list"), "\(parts)")
  }

  @Test("known suites") func knownSuites() throws {
    #expect(try SuitePreset.read("noise, adversarial") == [.noise, .adversarial])
    for (text, sentence) in [
      ("nose", "there is no suite \"nose\": choose from noise, corruptions, mnist-c"),
      ("", "no suite is given"), ("noise,noise", "the suite noise occurs twice"),
      ("all,noise", "the suite all includes the others"),
    ] {
      let said = message { _ = try SuitePreset.read(text) }
      #expect(said.contains(sentence), "\(said)")
    }
    let all = try TopoEvaluation.Suite([.all], catalog: .small, shape: Self.shape)
    #expect(
      all.images.map(\.perturbation.label) == [
        "white", "pink", "salt-pepper", "corruption/snow", "corruption/fog",
      ])
    #expect(all.images.map(\.draws) == [5, 5, 5, 1, 1])
    #expect(all.parts(AttackPart.self).first?.attacks.count == 4)
    #expect(
      all.parts(WeightPart.self).map { Set($0.perturbations.map(\.kind)) } == [
        Set(WeightPerturbation.standard().map(\.kind).filter { !$0.isOfUnits }),
        [.lesionRandom, .lesionPatch, .lesionSelective], [.stimulationPatch, .stimulationRandom],
      ])
    var options = SuitePreset.Options()
    options.draws = 3
    options.seed = 8
    let noise = try TopoEvaluation.Suite(
      [.noise], catalog: .small, shape: Self.shape, options: options, subset: 9)
    #expect(noise.images.allSatisfy { $0.draws == 3 && $0.seed == 8 } && noise.subset == 9)
    #expect(noise.parts.count == 1 && noise.notes.isEmpty)
  }

  @Test("the fifteen corruptions exist") func theFifteenAreThere() throws {
    #expect(PerturbationCatalog.commonCorruptions.count == 15)
    #expect(PerturbationCatalog.mnistCorruptions.count == 15)
    // Every name exists, and MNIST-C's severities are those of the corruptions themselves.
    let catalog = PerturbationCatalog()
    let frost = "corruption/frost"
    for (label, severity) in SuitePreset.allCases.flatMap(\.images) where label != frost {
      let perturbation = try catalog.named(label)
      let published = CorruptionFolder.publishedMNIST.first { "mnist-c/\($0.name)" == label }
      #expect(published?.severity == severity, "\(label)")
      if let severity { #expect(perturbation.severities.contains(severity), "\(label)") }
    }
  }

  @Test("parts are in the order of their kinds, however they were added")
  func orderOfParts() throws {
    var suite = TopoEvaluation.Suite(name: "mixed")
    try suite.add(try AttackPart(attacks: [Attack(.fgsm)], epsilons: [0.1]))
    try suite.add(try WeightPart(perturbations: [WeightPerturbation(.zeroing)]))
    try suite.add(
      ImagePart([try PerturbationSweep(Noise(.white), severities: [0.1], shape: Self.shape)]))
    try suite.add(try WeightPart(perturbations: [WeightPerturbation(.pruning)]))
    let kinds = suite.parts.map { type(of: $0).key }
    #expect(kinds == ["images", "weights", "weights", "adversarial"])
    #expect(suite.images.map(\.perturbation.label) == ["white"])
  }
}
