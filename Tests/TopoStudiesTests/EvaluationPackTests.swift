import TestSupport
import Testing
import TopoCompute
import TopoNetworks
import TopoSheets

@testable import TopoEvaluation
@testable import TopoStudies

/// What a network is measured at does not depend on the pack that it is shown images in.
@Suite("Evaluation in packs", .serialized) struct EvaluationPackTests {
  /// Five networks of one architecture, and two of another between them.
  static func models() throws -> [EvaluatedModel] {
    let dataset = SmallStudy.dataset
    let architectures = try ["mnist", "cifar10"].map {
      try Architecture.preset(
        $0, input: dataset.shape, sheet: Sheet(rows: 3, columns: 4), classes: dataset.classes)
    }
    return (0..<7).map { index in
      let architecture = architectures[index % 3 == 1 ? 1 : 0]
      return EvaluatedModel(
        penalty: .weightSimilarity(lambda: Double(index)), seed: UInt64(index), trainedOn: nil,
        network: Initialization.pytorchDefault(architecture, seed: UInt64(index)))
    }
  }

  @Test("packs give the same records") func packsGiveTheSameRecords() throws {
    let models = try Self.models()
    let device = try CPUDevice(threads: 2)
    let dataset = SmallStudy.dataset
    let sweeps = try SmallStudy.plan().evaluation.suite(for: dataset.test).images
    var most = 16
    var memoryLimit: Int?
    func run() throws -> ([Record], packs: Set<[Int]>) {
      let context = try EvaluationContext(
        models: models, images: dataset.test, dataset: dataset.name,
        normalization: dataset.normalization, memoryLimit: memoryLimit)
      var evaluation = ImageEvaluation(sweeps, in: context, on: device)
      evaluation.pack = most
      var packs: Set<[Int]> = []
      evaluation.inspect = { _, _, _, models in packs.insert(models) }
      var records: [Record] = []
      try evaluation.measure(Array(evaluation.tasks.indices)) { records += $1.records }
      return (records, packs)
    }
    let (wanted, together) = try run()
    #expect(together == [[0, 2, 3, 5, 6], [1, 4]])
    #expect(Set(wanted.map(\.seed)).count == 7 && wanted.first?.seed == 0)

    most = 2
    let (two, packs) = try run()
    #expect(packs == [[0, 2], [3, 5], [6], [1, 4]])
    #expect(two == wanted)

    // Half of the memory for each architecture: room for two of the smaller network.
    most = 16
    let uses = try [0, 1].map {
      try Evaluator.memoryUse(
        architecture: models[$0].network.architecture, capacity: 2, device: device
      ).bytes
    }
    memoryLimit = 2 * (uses.max() ?? 0)
    let (limited, limitedPacks) = try run()
    #expect(limitedPacks.count >= 2 && limited == wanted)
    #expect(device.memoryUse.bytes <= memoryLimit ?? 0)

    memoryLimit = 1000
    let said = message { _ = try run() }
    #expect(said.contains("takes") && said.contains("--memory-limit"), "\(said)")
  }
}
