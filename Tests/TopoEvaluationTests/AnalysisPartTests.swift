import TestSupport
import Testing
import TopoAnalysis
import TopoCompute
import TopoData
import TopoFoundation

@testable import TopoEvaluation

@Suite("Analyses of a suite") struct AnalysisPartTests {
  private let images = ImageSet(
    images: [], labels: [], shape: ImageShape(channels: 1, rows: 1, columns: 1), classes: 1)
  private let folder: TemporaryFolder
  private let people: String

  init() throws {
    folder = try TemporaryFolder()
    let file = folder.url.appending(path: "people.npy")
    try NPYArray.write([0.5, 0.5], shape: [1, 2], to: file)
    people = file.path
  }

  private func suite(_ names: String) throws -> Suite {
    var suite = Suite(name: "analyses")
    try suite.add(try AnalysisPart(names))
    return suite
  }

  private func items(_ part: AnalysisPart) -> [SuiteItem] { part.items(on: images) }

  @Test("analyses that need more networks are refused if they are named")
  func networksByName() throws {
    for (name, few, enough, need) in [
      ("comparison", ["a"], ["a", "b"], "two networks or more"),
      ("ensembles", ["a", "b"], ["a", "b", "a"], "two seeds of a condition or more"),
      ("ensembles", ["a"], ["a", "a"], "two seeds of a condition or more"),
    ] {
      for names in [name, "units,\(name)"] {
        let suite = try suite(names)
        let said = message { _ = try suite.fitted(networks: few) }
        #expect(said.contains("the analysis \(name) needs \(need)"), "\(said)")
        let fitted = try suite.fitted(networks: enough)
        #expect(fitted.items(on: images) == suite.items(on: images) && fitted.notes.isEmpty)
      }
    }
  }

  /// The reference reads the inputs of the sheet from the usual evaluator.
  @Test("transmission is of the inputs of the sheet, however much memory there is")
  func transmission() throws {
    let (models, device) = (try AttackEvaluationTests.models(), try CPUDevice(threads: 2))
    let images = AttackEvaluationTests.images(40)
    let trial = EvaluationTrial(try AnalysisPart("units"), on: images)
    let records = try trial.run(models, device: device)
    for model in models {
      let architecture = model.network.architecture
      let evaluator = try Evaluator(
        architecture: architecture, capacity: 1, features: [architecture.sheetIndex],
        device: device)
      try evaluator.replace(with: [model.network])
      let outputs = try evaluator.outputs(
        of: images.images.map { ImageSet.unitValues[Int($0)] }, normalization: trial.normalization)
      let inputs = outputs.features[architecture.sheetIndex]?[0] ?? []
      let weights = model.network.tensors[architecture.sheetWeightIndex]
      let width = inputs.count / images.count
      var sum = 0.0
      for (index, weight) in weights.enumerated() {
        for image in 0..<images.count {
          sum += Double(abs(weight * inputs[image * width + index % width]))
        }
      }
      let wanted = sum / Double(images.count * architecture.sheet.units)
      let found = records.filter {
        $0.network == model.identity && $0.measure == "transmission-mean"
      }
      #expect(found.count == 1 && wanted > 0)
      #expect(abs((found.first?.value.number ?? 0) / wanted - 1) < 1e-5)
    }
    // Without memory for responses, inference runs again for each analysis.
    let store = ActivationStore(try trial.context(models), on: device, capacity: 0)
    let pack = try store.modelPacks()[0]
    let layers = try (0..<2).map { _ in try store.layers(of: pack).map(\.data) }
    #expect(layers[0] == layers[1] && layers[0].allSatisfy { $0.inputMagnitudes != nil })
  }

  @Test("they are left out of all analyses, with notes")
  func networksAmongAll() throws {
    let suite = try suite("all")
    let one = try suite.fitted(networks: ["a"])
    let labels = suite.items(on: images).map(\.label)
    #expect(labels.suffix(2) == ["analysis/comparison", "analysis/ensembles"])
    #expect(one.items(on: images).map(\.label) == labels.dropLast(2))
    #expect(one.notes.count == 3 && one.notes[0].contains("comparison is left out"))
    #expect(one.notes[2].contains("people is left out, because it needs soft labels of people"))
    // Folders of results divide notes at semicolons.
    #expect(!one.notes.joined().contains(";"))
    let two = try suite.fitted(networks: ["a", "b"])
    #expect(two.items(on: images).map(\.label) == labels.dropLast())
    #expect(two.notes.count == 2 && two.notes[0].contains("ensembles is left out"))
    #expect(try suite.fitted(networks: ["a", "a"]).items(on: images).map(\.label) == labels)
    #expect(try one.fitted(networks: ["a"]).notes == one.notes)
  }

  @Test("soft labels belong to people and ensembles, and identify the task")
  func softLabels() throws {
    let part = try AnalysisPart("units,people,ensembles,comparison", softLabels: people)
    #expect(
      items(part).map(\.label) == [
        "analysis/units", "analysis/comparison", "analysis/ensembles", "analysis/people",
      ])
    let origins = items(part).map(\.origin)
    #expect(origins[0] == nil && origins[1] == nil && origins[2] == origins[3])
    #expect(origins[3]?.hasPrefix("\(people), ") == true)
    // All analyses are with people if there are soft labels.
    #expect(items(try AnalysisPart("all", softLabels: people)).last?.label == "analysis/people")
    #expect(items(try AnalysisPart("all")).last?.label == "analysis/ensembles")
    let other = folder.url.appending(path: "people.npy")
    try NPYArray.write([0.25, 0.75], shape: [1, 2], to: other)
    #expect(items(try AnalysisPart("people", softLabels: people))[0].origin != origins[3])
    for (names, file, said) in [
      ("people", nil, "the analysis people needs soft labels of people"),
      ("units,comparison", people, "people.npy: belongs to the analyses people and ensembles"),
      ("people,people", people, "the analysis people occurs twice"),
      ("people,nobody", people, "choose from organization"),
    ] {
      let message = message { _ = try AnalysisPart(names, softLabels: file) }
      #expect(message.contains(said), "\(message)")
    }
  }

  @Test("a torus identifies the tasks that it concerns") func torus() throws {
    let part = try AnalysisPart("organization,representation,comparison,ensembles", wraps: true)
    #expect(items(part).map(\.borders) == ["torus", nil, "torus", nil])
    let open = try AnalysisPart("organization,representation")
    #expect(items(open) != items(try AnalysisPart("organization,representation", wraps: true)))
    for names in ["representation", "ensembles"] {
      let said = message { _ = try AnalysisPart(names, wraps: true) }
      #expect(said.contains("a torus has no effect on \(names): leave it out"), "\(said)")
    }
  }

  @Test("keys of a suite file") func keys() throws {
    func said(_ part: String) -> String {
      message {
        _ = try SuiteTests.read(
          "name: x\nparts:\n  - \(part.replacing("\n", with: "\n    "))")
      }
    }
    let both = said("analyses: [organization, people]\ntorus: true\nsoft-labels: \(people)")
    #expect(both == "no error")
    #expect(said("analyses: units\ntorus: false") == "no error")
    #expect(
      said("analyses: units\ntorus: maybe").contains("torus is maybe, but must be one of true"))
    #expect(
      said("analyses: representation\ntorus: true")
        .hasPrefix("suite.yaml, line 4: a torus has no effect"))
    #expect(said("analyses: people").contains("needs soft labels of people"))
    #expect(said("analyses: people\nsoft-labels: none.npy").contains("none.npy"))
  }

  @Test("seeds of one condition are apart if they differ in epochs") func groups() throws {
    var models = Array(try AttackEvaluationTests.models()[3...4])
    let images = AttackEvaluationTests.images(4)
    let trial = EvaluationTrial(try AnalysisPart("units"), on: images)
    #expect(try trial.context(models).groups == models.map(\.condition))
    models[1].identity = models[0].identity
    (models[1].identity.seed, models[1].identity.epoch) = (9, 3)
    let condition = models[0].condition
    #expect(
      try trial.context(models).groups == [
        "\(condition) (cifar10 3x4, epoch 0)", "\(condition) (cifar10 3x4, epoch 3)",
      ])
    models[1].identity.epoch = 0
    #expect(try trial.context(models).groups == [condition, condition])
  }

  @Test("only tasks with findings are expected to have a file of them") func findings() {
    #expect((TaskKey("analysis/units 0.0 0")?.hasFindings ?? false))
    #expect(!(TaskKey("analysis/people 0.0 0")?.hasFindings ?? false))
    #expect(!(TaskKey("white 0.1 0")?.hasFindings ?? false))
  }
}
