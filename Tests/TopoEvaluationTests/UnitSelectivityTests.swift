import Testing
import TopoAnalysis
import TopoCompute
import TopoData
import TopoFoundation

@testable import TopoEvaluation

/// Average precision of units, and lesions by it.
@Suite("Unit selectivity", .serialized) struct UnitSelectivityTests {
  private func precision(_ scores: [Float], _ labels: [Int32]) -> Double {
    UnitSelectivity.averagePrecisions(scores: scores, labels: ClassLabels(labels, classes: 2))[1]
  }

  @Test("known values") func known() {
    #expect(abs(precision([0.9, 0.8, 0.7, 0.6], [1, 0, 1, 0]) - 5.0 / 6) < 1e-15)
    #expect(precision([0.5, 0.5, 0.5, 0.5], [1, 0, 1, 0]) == 0.5)
    #expect(abs(precision([0.9, 0.8, 0.8, 0.6], [1, 0, 1, 0]) - 5.0 / 6) < 1e-15)
    #expect(precision([0.1, 0.9, 0.2, 0.8], [0, 1, 0, 1]) == 1)
    // A NaN scores lowest; order of the images does not matter.
    #expect(abs(precision([.nan, 0.7, 0.8, 0.9], [0, 1, 0, 1]) - 5.0 / 6) < 1e-15)
    #expect(precision([0.5, 0.6], [0, 0]) == 0)
  }

  @Test("units are ranked by class, the first on ties") func ranking() {
    // Unit 0 likes class 1, unit 1 class 0, units 2 and 3 neither.
    let sheet: [Float] = [0, 9, 5, 5, 1, 8, 5, 5, 9, 0, 5, 5, 8, 1, 5, 5]
    let selectivity = UnitSelectivity(sheet: sheet, labels: [0, 0, 1, 1], classes: 3)
    #expect(selectivity.ranking(ofClass: 0) == [1, 2, 3, 0])
    #expect(selectivity.ranking(ofClass: 1) == [0, 2, 3, 1])
    #expect(selectivity.averagePrecisions[1]?[0] == 1)
    #expect(selectivity.averagePrecisions[1]?[2] == 0.5)
    #expect(selectivity.averagePrecisions[2] == nil)
  }

  /// A network whose units are its classes: unit k answers to channel k, which is bright in images
  /// of class k.
  @Test("a lesion of a class's unit takes that class") func selective() throws {
    let network = try LinearAttackTests.network([1, -1, 0, -1, 1, 0])
    var images: [UInt8] = []
    for image in 0..<20 { images += image % 2 == 0 ? [200, 20, 50] : [20, 200, 60] }
    let set = ImageSet(
      images: images, labels: (0..<20).map { Int32($0 % 2) },
      shape: ImageShape(channels: 3, rows: 1, columns: 1), classes: 2)
    var evaluation = EvaluationTrial(
      try WeightPart(perturbations: [WeightPerturbation(.lesionSelective)], severities: [1]),
      on: set, normalization: LinearAttackTests.none)
    let model = EvaluatedModel(penalty: .control, seed: 0, trainedOn: nil, network: network)
    let device = try CPUDevice(threads: 1)
    func value(_ records: [Record], _ measure: String, _ draw: Int) -> MeasuredValue? {
      let found = records.filter {
        $0.measure == measure && $0.severity == 1 && $0.draw == draw
      }
      #expect(found.count == 1)
      return found.first?.value
    }
    // Without unit 0, class 0 has 0 - 20 against 20: all images are class 1.
    let records = try evaluation.run([model], device: device)
    for draw in 0..<2 {
      #expect(value(records, MeasureName.accuracy(ofClass: draw), draw) == .value(0))
      #expect(value(records, MeasureName.accuracy(ofClass: 1 - draw), draw) == .value(1))
      #expect(value(records, MeasureName.selectiveDrop, draw) == .value(1))
      #expect(value(records, MeasureName.selectiveDropOfOthers, draw) == .value(0))
    }
    // Units chosen by other images, of which none is of class 1.
    evaluation.selectivityImages = ImageSet(
      images: [20, 200, 0, 200, 20, 0], labels: [0, 0], shape: set.shape, classes: 2)
    let others = try evaluation.run([model], device: device)
    #expect(value(others, MeasureName.accuracy, 0) == .value(0.5))
    #expect(value(others, MeasureName.accuracy, 1)?.reason?.contains("no images") == true)
  }
}
