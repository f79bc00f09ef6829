import TestSupport
import Testing
import TopoCompute
import TopoData
import TopoFoundation

@testable import TopoEvaluation

@Suite("Analyses of a suite") struct AnalysisPartTests {
  private let images = ImageSet(
    images: [], labels: [], shape: ImageShape(channels: 1, rows: 1, columns: 1), classes: 1)

  private func suite(_ names: String) throws -> Suite {
    var suite = Suite(name: "analyses")
    try suite.add(try AnalysisPart(names))
    return suite
  }

  @Test("the comparison of a single network is refused if it is named")
  func comparisonByName() throws {
    for names in ["comparison", "units,comparison"] {
      let suite = try suite(names)
      let said = message { _ = try suite.fitted(networks: 1) }
      #expect(said.contains("the analysis comparison needs two networks or more"), "\(said)")
      let two = try suite.fitted(networks: 2)
      #expect(two.items(on: images) == suite.items(on: images) && two.notes.isEmpty)
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

  @Test("the comparison of a single network is left out of all analyses, with a note")
  func comparisonAmongAll() throws {
    let suite = try suite("all")
    let one = try suite.fitted(networks: 1)
    let labels = suite.items(on: images).map(\.label)
    #expect(labels.last == "analysis/comparison")
    #expect(one.items(on: images).map(\.label) == labels.dropLast())
    #expect(one.notes.count == 1 && one.notes[0].contains("comparison is left out"))
    // Folders of results divide notes at semicolons.
    #expect(!one.notes[0].contains(";"))
    #expect(try suite.fitted(networks: 2).items(on: images).map(\.label) == labels)
    #expect(try one.fitted(networks: 1).notes == one.notes)
  }
}
