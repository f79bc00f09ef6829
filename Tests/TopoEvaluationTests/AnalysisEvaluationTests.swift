import TestSupport
import Testing
import TopoAnalysis
import TopoCompute
import TopoData
import TopoFoundation
import TopoNetworks
import TopoSheets

@testable import TopoEvaluation

@Suite("Evaluations of analyses", .serialized) struct AnalysisEvaluationTests {
  private let device: any Device

  init() throws { device = try CPUDevice(threads: 2) }

  private func context(_ networks: [(Penalty, UInt64)], images: Int = 30) throws
    -> EvaluationContext
  {
    let images = SmallData.images(images, side: 12)
    let architecture = try Architecture.preset(
      "mnist", input: images.shape, sheet: Sheet(rows: 3, columns: 4), classes: 10)
    return try EvaluationContext(
      models: networks.map { penalty, seed in
        EvaluatedModel(
          penalty: penalty, seed: seed, trainedOn: nil,
          network: Initialization.pytorchDefault(architecture, seed: seed))
      }, images: images, dataset: "made-up", normalization: Normalization(of: images))
  }

  private func results(
    _ tasks: [AnalysisTask], _ context: EvaluationContext
  ) throws -> [TaskResult] {
    let evaluation = AnalysisEvaluation(tasks: tasks, in: context, on: device)
    var results: [TaskResult] = []
    try evaluation.measure(Array(evaluation.tasks.indices)) { results.append($1) }
    return results
  }

  private let seeds: [(Penalty, UInt64)] = [
    (.control, 0), (.weightSimilarity(lambda: 1), 0), (.control, 1), (.control, 2),
  ]

  @Test("tasks without enough networks are left out") func few() throws {
    let all = NetworkAnalysis.allCases.map { AnalysisTask(.networks($0)) }
    let found = { (networks: [(Penalty, UInt64)]) in
      AnalysisEvaluation(tasks: all, in: try context(networks), on: device).tasks.map(\.label)
    }
    #expect(try found(seeds).count == 3)
    #expect(try found(Array(seeds.prefix(2))) == ["analysis/comparison", "analysis/people"])
    #expect(try found(Array(seeds.prefix(1))) == ["analysis/people"])
  }

  @Test("ensembles are the same alone and after other analyses, in any order of networks")
  func company() throws {
    let task = AnalysisTask(.networks(.ensembles))
    let context = try context(seeds)
    let alone = try results([task], context)[0]
    #expect(alone.findings.ensembles.allSatisfy { $0.condition == "control" })
    #expect(Set(alone.findings.ensembles.map(\.members)) == [2, 3])
    let after = try results([AnalysisTask(.layers(UnitsAnalysis())), task], context)[1]
    #expect(after == alone)
    let reversed = try results([task], self.context(seeds.reversed()))[0]
    #expect(reversed.findings == alone.findings)
    #expect(Set(reversed.records) == Set(alone.records))
    #expect(alone.records.count == 8)
    let lonely = alone.records.filter { $0.penalty == "ws" }
    #expect(lonely.allSatisfy { $0.value.reason == "the condition has no other seed" })
  }

  @Test("a torus changes the layout of its own tasks alone") func torus() throws {
    let analysis = UnitsAnalysis()
    let found = try results(
      [AnalysisTask(.layers(analysis), wraps: true), AnalysisTask(.layers(analysis))],
      context([(.control, 0)]))
    func value(_ result: TaskResult, _ measure: String) -> MeasuredValue? {
      result.records.first { $0.measure == measure }?.value
    }
    let measure = "neighbor-distance-weights"
    #expect(value(found[0], measure)?.number != nil)
    #expect(value(found[0], measure) != value(found[1], measure))
    #expect(value(found[0], "weight-norm-mean") == value(found[1], "weight-norm-mean"))
  }

  @Test("a comparison that takes too much memory is refused") func memory() throws {
    var context = try context(seeds)
    func said() -> String {
      message {
        try AnalysisEvaluation(
          tasks: [AnalysisTask(.networks(.comparison))], in: context, on: device
        ).checkMemoryOfComparison()
      }
    }
    #expect(said() == "no error")
    context.memoryLimit = 1024
    #expect(
      said().contains("comparing 4 networks on 30 images takes about")
        && said().contains("1.0 KiB may be used: raise --memory-limit"), "\(said())")
  }
}
